"""`make access-table`: writes relay/access_table.md anew from what the application does."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import access_parts
import office_parts

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, office_parts.office(Path(folder), None) as office:
        description = office.client.get("/openapi.json").json()
        access_parts.TABLE.write_text(access_parts.table(office, description))
        print(f"{access_parts.TABLE.name}: {len(access_parts.operations(description))} routes")
