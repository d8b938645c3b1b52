"""All SQL about communities, dwellings, residents, contacts and keyholders.

Ref: GLOSSARY.md resident, dwelling, community, keyholder.
"""

from typing import Any

from ..database import Migrations, Reader, Row, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("people")


@MIGRATIONS()
def m001_people(db: Tables) -> None:
    for statement in (
        """CREATE TABLE communities (
            community_id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL,
            picture TEXT,                              -- file name under DIR/pictures, NULL: the drawn one
            picture_width INTEGER NOT NULL, picture_height INTEGER NOT NULL)""",
        """CREATE TABLE dwellings (
            dwelling_id TEXT PRIMARY KEY,
            community_id TEXT NOT NULL REFERENCES communities,
            label TEXT NOT NULL, label_en TEXT NOT NULL, address TEXT NOT NULL,
            x REAL, y REAL,                            -- 0 to 1 of the picture; NULL: not placed yet
            is_away INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX dwellings_community ON dwellings (community_id)",
        """CREATE TABLE residents (
            resident_id INTEGER PRIMARY KEY, dwelling_id TEXT NOT NULL REFERENCES dwellings,
            name TEXT NOT NULL, sex TEXT, birth_year INTEGER, health_notes TEXT NOT NULL DEFAULT '',
            habits TEXT NOT NULL DEFAULT '', languages TEXT NOT NULL DEFAULT '',
            hearing TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX residents_dwelling ON residents (dwelling_id)",
        """CREATE TABLE contacts (
            contact_id INTEGER PRIMARY KEY, dwelling_id TEXT NOT NULL REFERENCES dwellings,
            name TEXT NOT NULL, relation TEXT NOT NULL, phone TEXT NOT NULL, call_order INTEGER NOT NULL)""",
        "CREATE INDEX contacts_dwelling ON contacts (dwelling_id)",
        """CREATE TABLE keyholders (
            keyholder_id INTEGER PRIMARY KEY, dwelling_id TEXT NOT NULL REFERENCES dwellings,
            name TEXT NOT NULL, phone TEXT NOT NULL, note TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX keyholders_dwelling ON keyholders (dwelling_id)",
        """CREATE TABLE card_access (
            access_id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
            staff_id INTEGER NOT NULL, dwelling_id TEXT NOT NULL)""",
    ):
        db.execute(statement)


@MIGRATIONS()
def m002_pictures(db: Tables) -> None:
    db.execute("CREATE TABLE picture_files (name TEXT PRIMARY KEY, data BLOB NOT NULL)")  # relays share them


@MIGRATIONS()
def m003_people(db: Tables) -> None:
    for statement in (
        "CREATE TABLE districts (district_id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL)",
        "ALTER TABLE communities ADD COLUMN district_id TEXT REFERENCES districts",
        "ALTER TABLE communities ADD COLUMN duty_phone TEXT",  # the telephone that is always manned
        "ALTER TABLE dwellings ADD COLUMN estate TEXT",
        "ALTER TABLE dwellings ADD COLUMN building TEXT",
        "ALTER TABLE dwellings ADD COLUMN unit TEXT",
        "ALTER TABLE dwellings ADD COLUMN floor INTEGER",
        "ALTER TABLE dwellings ADD COLUMN door TEXT",
        "ALTER TABLE dwellings ADD COLUMN latitude REAL",  # WGS-84 degrees
        "ALTER TABLE dwellings ADD COLUMN longitude REAL",
        "ALTER TABLE dwellings ADD COLUMN access_note TEXT NOT NULL DEFAULT ''",  # how to get in
        "ALTER TABLE dwellings ADD COLUMN door_code TEXT",  # in the QR code beside the door: who scans it is there
        "ALTER TABLE dwellings ADD COLUMN provider TEXT",  # whose line the hub is on: outages are told apart by it
        "ALTER TABLE residents ADD COLUMN phone TEXT",
        "ALTER TABLE residents ADD COLUMN initials TEXT NOT NULL DEFAULT ''",  # of the name's pinyin: wxy
        "ALTER TABLE contacts ADD COLUMN language TEXT NOT NULL DEFAULT 'zh'",
        "ALTER TABLE contacts ADD COLUMN notify_url TEXT",
        "ALTER TABLE card_access ADD COLUMN reason TEXT",
        "ALTER TABLE card_access ADD COLUMN alarm_id INTEGER",
        "CREATE INDEX card_access_dwelling ON card_access (dwelling_id, access_id)",
    ):
        db.execute(statement)


@MIGRATIONS()
def m004_places(db: Tables) -> None:
    for statement in (
        "ALTER TABLE communities ADD COLUMN latitude REAL",  # WGS-84, where the district's map shows it
        "ALTER TABLE communities ADD COLUMN longitude REAL",
        "ALTER TABLE dwellings ADD COLUMN datum TEXT",  # in which the place came; it is kept as WGS-84
        "CREATE INDEX dwellings_door ON dwellings (community_id, estate, building, unit, door)",
        "CREATE INDEX dwellings_door_code ON dwellings (door_code)",
    ):
        db.execute(statement)


def keep_picture_file(transaction: Transaction, name: str, data: bytes) -> None:
    transaction.insert_new("picture_files", {"name": name, "data": data})


def picture_file(reader: Reader, name: str) -> bytes | None:
    row = reader.row("SELECT data FROM picture_files WHERE name = ?", (name,))
    return bytes(row["data"]) if row else None


def community(reader: Reader, community_id: str) -> Row | None:
    return reader.row("SELECT * FROM communities WHERE community_id = ?", (community_id,))


def has_any(reader: Reader) -> bool:
    """True when somebody already lives in this database."""
    return reader.row("SELECT 1 AS one FROM communities") is not None


def add_community(
    transaction: Transaction, community_id: str, name: str, name_en: str, width: int, height: int
) -> None:
    transaction.insert(
        "communities",
        {
            "community_id": community_id,
            "name": name,
            "name_en": name_en,
            "picture_width": width,
            "picture_height": height,
        },
    )


def add_district(transaction: Transaction, district_id: str, name: str, name_en: str) -> None:
    transaction.insert_new("districts", {"district_id": district_id, "name": name, "name_en": name_en})


def join_district(transaction: Transaction, community_id: str, district_id: str) -> None:
    transaction.execute("UPDATE communities SET district_id = ? WHERE community_id = ?", (district_id, community_id))


def set_place_of_community(
    transaction: Transaction, community_id: str, district_id: str, latitude: float, longitude: float
) -> None:
    """Put a community on its district's map. Shape: WGS-84."""
    transaction.execute(
        "UPDATE communities SET district_id = ?, latitude = ?, longitude = ? WHERE community_id = ?",
        (district_id, latitude, longitude, community_id),
    )


def change_community(transaction: Transaction, community_id: str, values: dict[str, Any]) -> None:
    names = ("name", "name_en", "duty_phone", "latitude", "longitude")
    marks = ", ".join(f"{name} = ?" for name in names)
    transaction.execute(
        f"UPDATE communities SET {marks} WHERE community_id = ?", [*(values[name] for name in names), community_id]
    )


def set_picture(transaction: Transaction, community_id: str, picture: str, width: int, height: int) -> None:
    transaction.execute(
        "UPDATE communities SET picture = ?, picture_width = ?, picture_height = ? WHERE community_id = ?",
        (picture, width, height, community_id),
    )


def dwelling(reader: Reader, dwelling_id: str, community_id: str) -> Row | None:
    """A dwelling of this community; None for those of others."""
    return reader.row("SELECT * FROM dwellings WHERE dwelling_id = ? AND community_id = ?", (dwelling_id, community_id))


def dwelling_community(reader: Reader, dwelling_id: str) -> str | None:
    row = reader.row("SELECT community_id FROM dwellings WHERE dwelling_id = ?", (dwelling_id,))
    return row["community_id"] if row else None


def add_dwelling(transaction: Transaction, values: dict[str, Any]) -> None:
    transaction.insert("dwellings", values)


def set_place(transaction: Transaction, dwelling_id: str, x: float | None, y: float | None) -> None:
    transaction.execute("UPDATE dwellings SET x = ?, y = ? WHERE dwelling_id = ?", (x, y, dwelling_id))


def dwellings_to_install(reader: Reader, community_id: str, text: str, count: int) -> list[Row]:
    """Dwellings by label, address, or a resident's name or initials; and the hub that each has already."""
    like = "%" + text.lower().replace("%", "").replace("_", "") + "%"
    return reader.rows(
        "SELECT dwellings.dwelling_id, label, label_en, address, hub_id,"
        " (SELECT string_agg(name, '、') FROM residents WHERE residents.dwelling_id = dwellings.dwelling_id) AS names"
        " FROM dwellings LEFT JOIN hubs ON hubs.dwelling_id = dwellings.dwelling_id AND hubs.is_active = 1"
        " WHERE community_id = ? AND (lower(label) LIKE ?"
        " OR lower(label_en) LIKE ? OR lower(address) LIKE ? OR EXISTS (SELECT 1 FROM residents"
        " WHERE residents.dwelling_id = dwellings.dwelling_id AND (lower(name) LIKE ? OR initials LIKE ?)))"
        " ORDER BY hub_id IS NOT NULL, dwellings.dwelling_id LIMIT ?",
        (community_id, like, like, like, like, like, count),
    )


def add_resident(transaction: Transaction, values: dict[str, Any]) -> None:
    transaction.insert("residents", {"initials": rules.initials(values["name"]), **values})


def resident_names(reader: Reader, alarm_id: int) -> str:
    """Whose alarm it is, as a message names them."""
    row = reader.row(
        "SELECT string_agg(residents.name, '、') AS names FROM alarms JOIN residents USING (dwelling_id)"
        " WHERE alarm_id = ?",
        (alarm_id,),
    )
    return (row["names"] if row else None) or ""


def door_code(reader: Reader, dwelling_id: str) -> str | None:
    row = reader.row("SELECT door_code FROM dwellings WHERE dwelling_id = ?", (dwelling_id,))
    return row["door_code"] if row else None


def label(reader: Reader, dwelling_id: str) -> str:
    row = reader.row("SELECT label FROM dwellings WHERE dwelling_id = ?", (dwelling_id,))
    return row["label"] if row else ""


def duty_phone(reader: Reader, community_id: str) -> str | None:
    row = reader.row("SELECT duty_phone FROM communities WHERE community_id = ?", (community_id,))
    return row["duty_phone"] if row else None


def set_duty_phone(transaction: Transaction, community_id: str, phone: str | None) -> None:
    transaction.execute("UPDATE communities SET duty_phone = ? WHERE community_id = ?", (phone, community_id))


def contacts_to_tell(reader: Reader, dwelling_id: str) -> list[Row]:
    """Children and other contacts in their order. Shape: as escalation's `reach`."""
    return reader.rows(
        "SELECT 'contact' AS kind, contact_id AS id, name, language, phone, notify_url FROM contacts"
        " WHERE dwelling_id = ? ORDER BY call_order, contact_id",
        (dwelling_id,),
    )


def add_contact(transaction: Transaction, values: dict[str, Any]) -> None:
    transaction.insert("contacts", values)


def add_keyholder(transaction: Transaction, values: dict[str, Any]) -> None:
    transaction.insert("keyholders", values)


def card(reader: Reader, dwelling_id: str) -> dict[str, Any]:
    """The people of a dwelling, as the card shows them: without what is known of their health."""
    key = (dwelling_id,)
    residents = reader.rows(
        "SELECT resident_id, name, sex, birth_year, phone, languages, hearing, health_notes != '' AS has_notes"
        " FROM residents WHERE dwelling_id = ? ORDER BY resident_id",
        key,
    )
    return {
        "residents": [row | {"has_notes": bool(row["has_notes"])} for row in residents],
        "contacts": reader.rows(
            'SELECT name, relation, phone, call_order AS "order"'
            " FROM contacts WHERE dwelling_id = ? ORDER BY call_order, contact_id",
            key,
        ),
        "keyholders": reader.rows(
            "SELECT name, phone, note FROM keyholders WHERE dwelling_id = ? ORDER BY keyholder_id", key
        ),
    }


def communities_seen(reader: Reader, community_id: str, is_district: bool) -> list[str]:
    """Whose numbers and deeds somebody of this community may see: its own; a district officer's all of the district."""
    if not is_district:
        return [community_id]
    rows = reader.rows(
        "SELECT community_id FROM communities WHERE community_id = ? OR district_id ="
        " (SELECT district_id FROM communities WHERE community_id = ?) ORDER BY community_id",
        (community_id, community_id),
    )
    return [row["community_id"] for row in rows]
