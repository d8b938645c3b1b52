"""How far an installation has come, in a file of this device: a second try goes on where the first stopped.

No secret is in it: neither the label's code nor a password nor a sensor's key.
"""

import json
import os
from pathlib import Path
from typing import Any


def default_folder() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "anling"


class Progress:
    """Shape: `done` names of steps; `told` what they brought."""

    def __init__(self, folder: Path, hub_id: str) -> None:
        self._path = folder / f"install-{hub_id}.json"
        self.done: list[str] = []
        self.told: dict[str, Any] = {}
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            self.done, self.told = list(kept["done"]), dict(kept["told"])
        except (OSError, ValueError, KeyError, TypeError):
            return  # none yet, or not readable: begin at the beginning, which does no harm

    def keep(self, step: str | None = None, **told: Any) -> None:
        """This step is done."""
        if step is not None and step not in self.done:
            self.done.append(step)
        self.told |= told
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"done": self.done, "told": self.told}, ensure_ascii=False), "utf-8")
        fresh.chmod(0o600)
        fresh.replace(self._path)

    def forget(self) -> None:
        """The installation is finished."""
        self._path.unlink(missing_ok=True)
