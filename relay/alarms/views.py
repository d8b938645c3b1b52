"""Alarms and dwellings as a console sees them: one SELECT each, and the events that carry them.

Beside store.py because board, routes and intake all show the same picture and only store.py may change it.
"""

from collections.abc import Sequence
from typing import Any

from protocol import messages, topics
from protocol import vocabulary as words

from .. import events
from ..database import Reader, Row, Transaction
from . import rules

_VIEW = """
SELECT alarms.*, dwellings.address, dwellings.label, dwellings.label_en, devices.label AS device_label, devices.room,
    (SELECT string_agg(name, '、') FROM residents WHERE residents.dwelling_id = alarms.dwelling_id)
        AS resident_name,
    taker.display_name AS acknowledged_by_name, goer.display_name AS assigned_to_name
FROM alarms JOIN dwellings USING (dwelling_id)
LEFT JOIN devices ON devices.hub_id = alarms.hub_id AND devices.device_id = alarms.device_id
LEFT JOIN staff AS taker ON taker.staff_id = acknowledged_by
LEFT JOIN staff AS goer ON goer.staff_id = assigned_to
"""
_SHOWN = (
    "alarm_id",
    "dwelling_id",
    "hub_id",
    "kind",
    "activation",
    "device_id",
    "device_label",
    "room",
    "condition",
    "step",
    "acknowledged_by",
    "acknowledged_by_name",
    "acknowledged_at",
    "work",
    "assigned_to",
    "assigned_to_name",
    "minutes",
    "raised_at",
    "activated_at",
    "activations",
    "told_step",
    "outcome",
    "arrived_by",
    "merged_into",
    "plan_step",
    "next_at",
    "revision",
    "resident_name",
    "address",
    "label",
    "label_en",
)

_DWELLINGS = """
SELECT dwellings.dwelling_id, label, label_en, x, y, is_away, hub_id, coalesce(is_online, 0) AS is_online,
    (SELECT alarm_id FROM alarms WHERE alarms.dwelling_id = dwellings.dwelling_id AND is_open = 1
        ORDER BY step = 'pre_alarm', acknowledged_by IS NOT NULL, alarm_id LIMIT 1) AS alarm_id
FROM dwellings LEFT JOIN hubs ON hubs.dwelling_id = dwellings.dwelling_id AND hubs.is_active = 1
"""


def _shown(row: Row) -> dict[str, Any]:
    view = {name: row[name] for name in _SHOWN}
    view["is_open"] = row["is_open"] == 1
    view["sound"] = row["step"] == words.RAISED
    return view


def view(reader: Reader, alarm_id: int) -> dict[str, Any]:
    """An alarm that is known to be there."""
    row = reader.row(_VIEW + "WHERE alarm_id = ?", (alarm_id,))
    if row is None:
        raise KeyError(f"alarm {alarm_id} is not there")
    return _shown(row)


def open_views(reader: Reader, community_id: str) -> list[dict[str, Any]]:
    """All open alarms of a community, those that sound first, then the oldest."""
    rows = reader.rows(
        _VIEW + "WHERE alarms.community_id = ? AND is_open = 1 ORDER BY step != 'raised', alarm_id",
        (community_id,),
    )
    return [_shown(row) for row in rows]


def open_views_of(reader: Reader, community_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The same of several communities, each with the community it is in: what a district officer sees."""
    marks = ", ".join("?" * len(community_ids))
    rows = reader.rows(
        _VIEW + f"WHERE alarms.community_id IN ({marks}) AND is_open = 1 ORDER BY step != 'raised', alarm_id",
        community_ids,
    )
    return [_shown(row) | {"community_id": row["community_id"]} for row in rows]


def recent_views(reader: Reader, dwelling_id: str, count: int = 10) -> list[dict[str, Any]]:
    rows = reader.rows(_VIEW + "WHERE alarms.dwelling_id = ? ORDER BY alarm_id DESC LIMIT ?", (dwelling_id, count))
    return [_shown(row) for row in rows]


def _dwelling(row: Row, step: str | None) -> dict[str, Any]:
    if step == words.RAISED:
        state = "alarm"
    elif step == words.PRE_ALARM:
        state = "pre_alarm"
    elif step is not None:
        state = "acknowledged"
    elif row["hub_id"] is None or not row["is_online"]:
        state = "offline"
    else:
        state = "away" if row["is_away"] else "safe"
    shown = {name: row[name] for name in ("dwelling_id", "label", "label_en", "x", "y", "hub_id", "alarm_id")}
    return shown | {"state": state, "is_hub_online": bool(row["is_online"])}


def dwelling_entry(reader: Reader, dwelling_id: str) -> dict[str, Any]:
    """A dwelling as the board shows it. Its alarm is the one that needs a person most."""
    row = reader.row(_DWELLINGS + "WHERE dwellings.dwelling_id = ?", (dwelling_id,))
    if row is None:
        raise KeyError(f"dwelling {dwelling_id} is not there")
    step = None
    if row["alarm_id"] is not None:
        found = reader.row("SELECT step FROM alarms WHERE alarm_id = ?", (row["alarm_id"],))
        step = found["step"] if found else None
    return _dwelling(row, step)


def dwelling_entries(reader: Reader, community_id: str) -> list[dict[str, Any]]:
    open_steps = {
        row["alarm_id"]: row["step"]
        for row in reader.rows(
            "SELECT alarm_id, step FROM alarms WHERE community_id = ? AND is_open = 1", (community_id,)
        )
    }
    rows = reader.rows(_DWELLINGS + "WHERE community_id = ? ORDER BY dwellings.dwelling_id", (community_id,))
    return [_dwelling(row, open_steps.get(row["alarm_id"])) for row in rows]


# --- telling ----------------------------------------------------------------------------------------


def announce_dwelling(transaction: Transaction, dwelling_id: str, community_id: str) -> None:
    events.append(transaction, community_id, "dwelling", dwelling_entry(transaction, dwelling_id))


def announce(transaction: Transaction, alarm_id: int) -> None:
    """Tell the consoles how an alarm and its dwelling are now."""
    row = transaction.row(_VIEW + "WHERE alarm_id = ?", (alarm_id,))
    if row is None:
        raise KeyError(f"alarm {alarm_id} is not there")
    events.append(transaction, row["community_id"], "alarm", _shown(row))
    announce_dwelling(transaction, row["dwelling_id"], row["community_id"])


def down_message(reader: Reader, alarm: rules.Alarm, step: str) -> dict[str, Any]:
    """What the home is told of a step: who comes and in how many minutes, where that is known."""
    who = None
    staff_id = alarm.acknowledged_by if step == words.ACKNOWLEDGED else alarm.assigned_to
    if staff_id is not None and step != words.CLEARED:
        row = reader.row("SELECT display_name FROM staff WHERE staff_id = ?", (staff_id,))
        who = row["display_name"][:64] if row else None
    minutes = alarm.minutes if step == words.ON_THE_WAY else None
    message = messages.step(alarm.epoch, alarm.alarm_seq, step, who, minutes)
    return messages.check("down", topics.ALARM, message)
