"""All SQL about hubs and the trigger devices they serve. A heartbeat updates its hub's row, never adds one.

Ref: facts.md "Relay": heartbeats are an upsert per hub.
"""

import secrets
from typing import Any

from ..database import Migrations, Reader, Row, Tables, Transaction, may_repeat
from ..vault import Secret, seal, unseal
from . import rules

MIGRATIONS = Migrations("hubs")
PSK = Secret("psks", "hub_id", "psk_hex")
STAIRWELL, CARRY = Secret("stairwells", "stairwell", "stairwell_key"), Secret("hubs", "hub_id", "carry_key")
SMS = Secret("hubs", "hub_id", "sms_key")
SECRETS = (PSK, STAIRWELL, CARRY, SMS)
NUMBERS = ("build", "rssi_dbm", "heap_free", "battery_mv", "runtime_min")  # vital signs, as the heartbeat names them


@MIGRATIONS()
def m001_hubs(db: Tables) -> None:
    for statement in (
        """CREATE TABLE hubs (
            hub_id TEXT PRIMARY KEY, dwelling_id TEXT NOT NULL UNIQUE REFERENCES dwellings,
            password_salt TEXT NOT NULL, password_hash TEXT NOT NULL,
            is_active INTEGER NOT NULL DEFAULT 1, added_at INTEGER NOT NULL,
            heard_at INTEGER,                        -- NULL: never heard, not installed yet
            is_online INTEGER NOT NULL DEFAULT 0,
            epoch TEXT, seq INTEGER, uptime_s INTEGER, kept INTEGER, is_mains_on INTEGER,
            battery_pct INTEGER, firmware TEXT, is_clock_trusted INTEGER)""",
        """CREATE TABLE devices (
            hub_id TEXT NOT NULL REFERENCES hubs, device_id TEXT NOT NULL, kind TEXT NOT NULL,
            room TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (hub_id, device_id)) WITHOUT ROWID""",
    ):
        db.execute(statement)


@MIGRATIONS()
def m002_neighbours(db: Tables) -> None:
    for statement in (
        """CREATE TABLE stairwells (
            stairwell TEXT PRIMARY KEY, stairwell_key TEXT NOT NULL)""",  # 32 hex digits each
        "ALTER TABLE hubs ADD COLUMN stairwell TEXT REFERENCES stairwells",  # NULL: no neighbours
        "ALTER TABLE hubs ADD COLUMN carry_key TEXT",
    ):
        db.execute(statement)


@MIGRATIONS()
def m003_modems(db: Tables) -> None:
    db.execute("ALTER TABLE hubs ADD COLUMN sms_key TEXT")  # 32 hex digits; NULL: no modem


@MIGRATIONS()
def m004_life(db: Tables) -> None:
    db.execute("ALTER TABLE hubs ADD COLUMN life_h INTEGER")  # hours since 1970, UTC; NULL: not watched, or not known


@MIGRATIONS()
def m006_psks(db: Tables) -> None:
    db.execute("CREATE TABLE psks (hub_id TEXT PRIMARY KEY, psk_hex TEXT NOT NULL)")  # of TLS to a broker of its own


def make_psk(transaction: Transaction, hub_id: str) -> str:
    """A new key for a hub's TLS, kept sealed: mosquitto must have it in clear. 64 hex digits."""
    psk_hex = secrets.token_hex(32)
    transaction.execute("DELETE FROM psks WHERE hub_id = ?", (hub_id,))
    transaction.insert_new("psks", {"hub_id": hub_id, "psk_hex": seal(transaction, PSK, hub_id, psk_hex)})
    return psk_hex


def psks(reader: Reader) -> list[Row]:
    """The keys of all hubs that may speak. Shape: hub_id, psk_hex. Errors: vault.Locked."""
    return [row | {"psk_hex": unseal(reader, PSK, row["hub_id"], row["psk_hex"])} for row in sealed_psks(reader)]


def sealed_psks(reader: Reader) -> list[Row]:
    """The same as they lie here: enough to see that something has changed."""
    return reader.rows("SELECT hub_id, psk_hex FROM psks JOIN hubs USING (hub_id) WHERE is_active = 1 ORDER BY hub_id")


@MIGRATIONS()
def m007_vitals(db: Tables) -> None:
    for column in (*NUMBERS, "resets INTEGER", "micropython TEXT"):  # NULL: not told
        db.execute(f"ALTER TABLE hubs ADD COLUMN {column if ' ' in column else column + ' INTEGER'}")


@MIGRATIONS()
def m008_another_hub(db: Tables) -> None:
    may_repeat(db, "hubs", "dwelling_id")  # a dwelling has one hub at a time; those put out before it stay known
    db.execute("CREATE UNIQUE INDEX hubs_present ON hubs (dwelling_id) WHERE is_active = 1")


def hub(reader: Reader, hub_id: str) -> Row | None:
    """An active hub with its dwelling and community, or None."""
    return reader.row(
        "SELECT hub_id, dwelling_id, community_id, heard_at, is_online, uptime_s"
        " FROM hubs JOIN dwellings USING (dwelling_id) WHERE hub_id = ? AND is_active = 1",
        (hub_id,),
    )


def hub_of_dwelling(reader: Reader, dwelling_id: str) -> str | None:
    """Its present hub; those that were put out do not count."""
    row = reader.row("SELECT hub_id FROM hubs WHERE dwelling_id = ? AND is_active = 1", (dwelling_id,))
    return row["hub_id"] if row else None


def add_hub(transaction: Transaction, hub_id: str, dwelling_id: str, now: int) -> str:
    """Register a hub; its password, which is kept nowhere in clear."""
    password, salt = rules.make_password(), rules.make_salt()
    transaction.insert(
        "hubs",
        {
            "hub_id": hub_id,
            "dwelling_id": dwelling_id,
            "password_salt": salt,
            "password_hash": rules.hash_password(password, salt),
            "added_at": now,
        },
    )
    return password


def set_stairwell(transaction: Transaction, hub_id: str, stairwell: str) -> dict[str, str]:
    """Make a hub the neighbour of those in this stairwell; the keys for its settings. A second time: a new key."""
    row = transaction.row("SELECT stairwell_key FROM stairwells WHERE stairwell = ?", (stairwell,))
    if row is not None:
        stairwell_key = unseal(transaction, STAIRWELL, stairwell, row["stairwell_key"])
    else:
        stairwell_key = rules.make_key()
        sealed = seal(transaction, STAIRWELL, stairwell, stairwell_key)
        transaction.insert("stairwells", {"stairwell": stairwell, "stairwell_key": sealed})
    carry_key = rules.make_key()
    sealed = seal(transaction, CARRY, hub_id, carry_key)
    transaction.execute("UPDATE hubs SET stairwell = ?, carry_key = ? WHERE hub_id = ?", (stairwell, sealed, hub_id))
    return {"stairwell_key": stairwell_key, "carry_key": carry_key}


def neighbour_keys(transaction: Transaction, hub_id: str, stairwell: str) -> dict[str, str]:
    """The keys of a hub in this stairwell, for its settings: the same whenever it is asked. Errors: vault.Locked."""
    row = transaction.row(
        "SELECT stairwell_key, carry_key FROM hubs JOIN stairwells ON stairwells.stairwell = hubs.stairwell"
        " WHERE hub_id = ? AND hubs.stairwell = ? AND carry_key IS NOT NULL",
        (hub_id, stairwell),
    )
    if row is None:
        return set_stairwell(transaction, hub_id, stairwell)
    return {
        "stairwell_key": unseal(transaction, STAIRWELL, stairwell, row["stairwell_key"]),
        "carry_key": unseal(transaction, CARRY, hub_id, row["carry_key"]),
    }


def carry_key(reader: Reader, hub_id: str) -> str | None:
    """The key of an active hub's envelopes, or None when it has no neighbours. Errors: vault.Locked."""
    row = reader.row("SELECT carry_key FROM hubs WHERE hub_id = ? AND is_active = 1", (hub_id,))
    return unseal(reader, CARRY, hub_id, row["carry_key"]) if row and row["carry_key"] else None


def are_neighbours(reader: Reader, hub_id: str, other: str) -> bool:
    """Do these two hubs live in one stairwell?"""
    row = reader.row(
        "SELECT 1 AS one FROM hubs a JOIN hubs b ON a.stairwell = b.stairwell WHERE a.hub_id = ? AND b.hub_id = ?",
        (hub_id, other),
    )
    return row is not None and hub_id != other


def set_modem(transaction: Transaction, hub_id: str) -> str:
    """A new key for this hub's short messages, for its settings."""
    key = rules.make_key()
    sealed = seal(transaction, SMS, hub_id, key)
    transaction.execute("UPDATE hubs SET sms_key = ? WHERE hub_id = ?", (sealed, hub_id))
    return key


def modem_key(transaction: Transaction, hub_id: str) -> str:
    """The key of this hub's short messages, for its settings: the same one whenever it is asked."""
    return sms_key(transaction, hub_id) or set_modem(transaction, hub_id)


def sms_key(reader: Reader, hub_id: str) -> str | None:
    """The key of an active hub's short messages, or None when it has no modem. Errors: vault.Locked."""
    row = reader.row("SELECT sms_key FROM hubs WHERE hub_id = ? AND is_active = 1", (hub_id,))
    return unseal(reader, SMS, hub_id, row["sms_key"]) if row and row["sms_key"] else None


def add_device(transaction: Transaction, hub_id: str, device_id: str, kind: str, room: str, label: str) -> None:
    transaction.insert(
        "devices", {"hub_id": hub_id, "device_id": device_id, "kind": kind, "room": room, "label": label}
    )


def is_password(reader: Reader, hub_id: str, password: str) -> bool:
    """Does this password belong to this active hub?"""
    row = reader.row("SELECT password_salt, password_hash FROM hubs WHERE hub_id = ? AND is_active = 1", (hub_id,))
    return row is not None and rules.is_password(password, row["password_salt"], row["password_hash"])


def revoked(reader: Reader) -> set[str]:
    """The hubs that were put out of the system: their lines are to be cut."""
    return {row["hub_id"] for row in reader.rows("SELECT hub_id FROM hubs WHERE is_active = 0")}


def is_hub(reader: Reader, hub_id: str) -> bool:
    return reader.row("SELECT 1 AS one FROM hubs WHERE hub_id = ?", (hub_id,)) is not None


def all_hubs(reader: Reader) -> list[Row]:
    return reader.rows(
        "SELECT hub_id, dwelling_id, community_id, label, is_active, is_online, heard_at, firmware, kept,"
        " battery_pct, is_mains_on FROM hubs JOIN dwellings USING (dwelling_id) ORDER BY hub_id"
    )


def heard(transaction: Transaction, hub_id: str, now: int) -> bool:
    """A sign of life. True when the hub was offline until now."""
    was_offline = (
        transaction.execute("UPDATE hubs SET is_online = 1 WHERE hub_id = ? AND is_online = 0", (hub_id,)) == 1
    )
    transaction.execute("UPDATE hubs SET heard_at = ? WHERE hub_id = ?", (now, hub_id))
    return was_offline


def lost(transaction: Transaction, hub_id: str) -> bool:
    """The hub is off the line. True when it was on until now."""
    return transaction.execute("UPDATE hubs SET is_online = 0 WHERE hub_id = ? AND is_online = 1", (hub_id,)) == 1


# A start is one that its uptime went back by: hubs do not count them. What an older hub does not tell stays as it was.
_VITALS = (*NUMBERS, "micropython")
_HEARTBEAT = (
    "UPDATE hubs SET resets = CASE WHEN uptime_s > ? THEN coalesce(resets, 0) + 1 ELSE resets END,"
    " epoch = ?, seq = ?, uptime_s = ?, kept = ?, is_mains_on = ?, battery_pct = ?, firmware = ?, is_clock_trusted = ?,"
    " life_h = coalesce(?, life_h), "
) + ", ".join(f"{name} = coalesce(?, {name})" for name in _VITALS)
_SAID = ("uptime_s", "epoch", "seq", "uptime_s", "kept", "mains", "battery_pct", "firmware", "clock_trusted", "life_h")


def _said(message: dict[str, Any]) -> list[Any]:
    return [message[name] for name in _SAID] + [message.get(name) for name in _VITALS]


def keep_heartbeat(transaction: Transaction, hub_id: str, message: dict[str, Any]) -> None:
    transaction.execute(_HEARTBEAT + " WHERE hub_id = ?", (*_said(message), hub_id))


def keep_plain_heartbeats(transaction: Transaction, beats: list[tuple[dict[str, Any], str, int]]) -> int:
    """Heartbeats of hubs that are on the line: what they say and when they were heard; of how many that was true.
    Shape: (message, hub_id, received_at)."""
    return transaction.execute_many(
        _HEARTBEAT + ", heard_at = ? WHERE hub_id = ? AND is_online = 1 AND is_active = 1",
        [(*_said(message), at, hub_id) for message, hub_id, at in beats],
    )


def on_the_line(reader: Reader, hub_ids: list[str]) -> set[str]:
    """Those of these hubs that are active and on the line."""
    found: set[str] = set()
    for at in range(0, len(hub_ids), 500):
        some = hub_ids[at : at + 500]
        marks = ", ".join("?" * len(some))
        rows = reader.rows(
            f"SELECT hub_id FROM hubs WHERE is_online = 1 AND is_active = 1 AND hub_id IN ({marks})", some
        )
        found |= {row["hub_id"] for row in rows}
    return found


def last_life_at(reader: Reader, dwelling_id: str) -> int | None:
    """The hour of the last sign of life in this dwelling, UTC ms; no nearer time is known to anybody outside."""
    row = reader.row("SELECT life_h FROM hubs WHERE dwelling_id = ? AND is_active = 1", (dwelling_id,))
    return row["life_h"] * 3_600_000 if row and row["life_h"] is not None else None


def firmware(reader: Reader, hub_id: str) -> str | None:
    row = reader.row("SELECT firmware FROM hubs WHERE hub_id = ?", (hub_id,))
    return row["firmware"] if row else None


def clock_set_back(transaction: Transaction, now: int) -> None:
    """A hub heard "in the future" counts as heard now: if it is silent from here on, that is seen in time."""
    transaction.execute("UPDATE hubs SET heard_at = ? WHERE heard_at > ?", (now, now))


def silent_since(reader: Reader, heard_before: int) -> list[Row]:
    """Hubs that were heard once, but not since then, and whose silence is not told yet."""
    return reader.rows(
        "SELECT hub_id, dwelling_id, community_id, heard_at, is_online FROM hubs"
        " JOIN dwellings USING (dwelling_id) WHERE is_active = 1 AND heard_at <= ?"
        " AND NOT EXISTS (SELECT 1 FROM technical_alarms AS t WHERE t.hub_id = hubs.hub_id"
        " AND t.kind = 'hub_offline' AND t.closed_at IS NULL)",
        (heard_before,),
    )


_HEALTH = """
SELECT hub_id, hubs.dwelling_id, community_id, label, label_en, is_active, is_online, heard_at, firmware,
    is_mains_on, battery_pct, uptime_s, kept, is_clock_trusted, micropython, resets, build, rssi_dbm, heap_free,
    battery_mv, runtime_min
FROM hubs JOIN dwellings USING (dwelling_id)
"""


def health(reader: Reader, community_ids: list[str], after: str, count: int, now: int) -> list[Row]:
    """Hubs with their devices as the list of hubs shows them. What a hub does not tell is None."""
    marks = ", ".join("?" * len(community_ids))
    found = reader.rows(
        _HEALTH + f"WHERE community_id IN ({marks}) AND hub_id > ? AND is_active = 1 ORDER BY hub_id LIMIT ?",
        (*community_ids, after, count),
    )
    if not found:
        return []
    overdue = {
        (row["hub_id"], row["device_id"]): row["raised_at"]
        for row in reader.rows(
            "SELECT hub_id, device_id, raised_at FROM technical_alarms"
            " WHERE kind = 'sensor_overdue' AND closed_at IS NULL"
        )
    }
    devices: dict[str, list[Row]] = {}
    for row in reader.rows(
        "SELECT * FROM devices WHERE hub_id BETWEEN ? AND ? ORDER BY hub_id, device_id",
        (found[0]["hub_id"], found[-1]["hub_id"]),
    ):
        key = (row["hub_id"], row["device_id"])
        devices.setdefault(row["hub_id"], []).append(
            {
                "device_id": row["device_id"],
                "kind": row["kind"],
                "room": row["room"],
                "label": row["label"],
                "heard_at": row.get("heard_at"),
                "battery_pct": row.get("battery_pct"),
                "is_overdue": key in overdue,
                "overdue_since": overdue.get(key),
            }
        )
    return [_health(row, devices.get(row["hub_id"], [])) for row in found]


def _health(row: Row, devices: list[Row]) -> Row:
    shown = {
        name: row[name]
        for name in ("hub_id", "dwelling_id", "community_id", "label", "label_en", "heard_at", "firmware")
    }
    return shown | {
        "is_online": bool(row["is_online"]),
        "micropython": row.get("micropython"),
        "mains": None if row["is_mains_on"] is None else bool(row["is_mains_on"]),
        "battery_pct": row["battery_pct"],
        "rssi_dbm": row.get("rssi_dbm"),
        "heap_free": row.get("heap_free"),
        "resets": row.get("resets"),
        **{name: row[name] for name in ("build", "battery_mv", "runtime_min")},
        "is_battery_aged": rules.is_battery_aged(row),
        "uptime_s": row["uptime_s"],
        "waiting": row["kept"],
        "clock_trusted": None if row["is_clock_trusted"] is None else bool(row["is_clock_trusted"]),
        "devices": devices,
    }
