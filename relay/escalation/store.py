"""All SQL of plans: the community's, and the one frozen into each alarm; and who can be reached by a step."""

import json
from typing import Any

from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms.rules import Alarm
from ..database import Migrations, Reader, Row, Tables, Transaction
from ..people import rules as people_rules
from ..people import store as people_store
from . import rules

MIGRATIONS = Migrations("escalation")


@MIGRATIONS()
def m001_plans(db: Tables) -> None:
    for statement in (
        """CREATE TABLE plans (
            plan_id INTEGER PRIMARY KEY AUTOINCREMENT, community_id TEXT NOT NULL REFERENCES communities,
            steps TEXT NOT NULL, made_at INTEGER NOT NULL, made_by INTEGER REFERENCES staff)""",  # the newest counts
        "CREATE INDEX plans_community ON plans (community_id, plan_id)",
        "CREATE TABLE alarm_plans (alarm_id INTEGER PRIMARY KEY REFERENCES alarms, steps TEXT NOT NULL)",
    ):
        db.execute(statement)


def plan_of_community(reader: Reader, community_id: str) -> rules.Plan:
    row = reader.row("SELECT steps FROM plans WHERE community_id = ? ORDER BY plan_id DESC LIMIT 1", (community_id,))
    return rules.plan_of(json.loads(row["steps"])) if row else rules.DEFAULT


def set_plan(transaction: Transaction, community_id: str, plan: rules.Plan, by: int, now: int) -> None:
    transaction.insert(
        "plans",
        {"community_id": community_id, "steps": json.dumps(rules.as_json(plan)), "made_at": now, "made_by": by},
    )


def freeze(transaction: Transaction, alarm: Alarm) -> rules.Plan:
    """The plan of an alarm: the community's as it was when this was first asked."""
    row = transaction.row("SELECT steps FROM alarm_plans WHERE alarm_id = ?", (alarm.alarm_id,))
    if row is not None:
        return rules.plan_of(json.loads(row["steps"]))
    is_test = alarm.kind == "test"
    plan = rules.TEST if is_test else plan_of_community(transaction, alarm.community_id)
    transaction.execute(
        "INSERT INTO alarm_plans (alarm_id, steps) VALUES (?, ?)", (alarm.alarm_id, json.dumps(rules.as_json(plan)))
    )
    return plan


def steps_of(reader: Reader, alarm_id: int) -> list[dict[str, Any]]:
    """The frozen plan as JSON; empty where it was not frozen yet."""
    row = reader.row("SELECT steps FROM alarm_plans WHERE alarm_id = ?", (alarm_id,))
    return json.loads(row["steps"]) if row else []


def _staff(row: Row) -> Row:
    return {
        "kind": "staff",
        "id": row["staff_id"],
        "name": row["display_name"],
        "language": row["language"],
        "phone": row["phone"],
        "notify_url": row["notify_url"],
    }


def reach(reader: Reader, alarm: Alarm, target: str, now: int) -> list[Row] | int:
    """Who is reached by a target: a number of armed consoles, or people with a telephone or a chat address.

    Shape of a person: kind (staff or contact), id, name, language, phone, notify_url.
    """
    community_id = alarm.community_id
    if target == rules.CONSOLE:
        return access_store.armed_consoles(reader, community_id, now - access_rules.CONSOLE_SILENT_MS)
    if target == rules.CHILDREN:
        found = people_store.contacts_to_tell(reader, alarm.dwelling_id)
    elif target == rules.DUTY_PHONE:
        on_duty = access_store.on_duty(reader, community_id, now)
        found = [_staff(row) for row in on_duty if row["duty"] == access_rules.OPERATOR]
        phone = people_store.duty_phone(reader, community_id)
        if phone:
            found.insert(
                0, {"kind": "staff", "id": 0, "name": "", "language": "zh", "phone": phone, "notify_url": None}
            )
    elif target == rules.DEPUTY:
        on_duty = access_store.on_duty(reader, community_id, now)
        found = [_staff(row) for row in on_duty if row["duty"] == "deputy"]
    else:
        found = [_staff(row) for row in access_store.with_role(reader, community_id, access_rules.SUPERVISOR)]
    return [one for one in found if people_rules.dialed(one["phone"] or "") or one["notify_url"]]
