"""The audit list says who did what to which home, hub or colleague, and why; no secret is kept."""

import re
from pathlib import Path
from typing import Any, cast

from database_parts import alarm_message, say

from relay.alarms import rules as alarm_rules
from relay.app import make_app
from relay.console import words
from relay.history import deeds, rules
from relay.services import Services

RELAY = words.CATALOGUE.parents[2]


def _newest(office) -> list[dict[str, Any]]:
    """What people did, the newest first: escalation goes on beside this."""
    office.database.write(lambda transaction: None).result()  # what was noted before this is kept
    return [row for row in office.desk("supervisor").get("/api/audit") if row["by"] is not None]


def test_a_deed_names_the_home_the_hub_the_colleague_and_the_reason(office):
    desk = office.desk("supervisor")
    (hub,) = office.rows("SELECT hub_id, dwelling_id, label FROM hubs JOIN dwellings USING (dwelling_id) LIMIT 1")
    desk.post(f"/api/hubs/{hub['hub_id']}/revoke", {"reason": "被盗"})
    desk.put(f"/api/dwellings/{hub['dwelling_id']}/place", {"x": 0.5, "y": 0.5})
    added = {"name": "newcomer", "display_name": "赵敏", "role": "responder"}
    desk.post("/api/staff", added | {"display_name_en": "Zhao Min", "phone": "13800001234"})
    staff, place, revoked = _newest(office)[:3]
    assert (revoked["what"], revoked["hub_id"], revoked["label"]) == ("hubs_revoke", hub["hub_id"], hub["label"])
    assert (revoked["reason"], revoked["by_name_en"]) == ("被盗", "supervisor")
    assert (place["what"], place["label"], place["reason"]) == ("dwellings_place", hub["label"], None)
    assert staff["fields"] == {"display_name": "赵敏", "name": "newcomer", "role": "responder"}
    assert "13800001234" not in staff["detail"]


def test_a_step_of_an_alarm_names_its_home_and_its_kind_and_a_look_its_reason(office):
    say(office.database, "alarm", alarm_message(1))
    operator = office.desk("operator")
    (alarm,) = operator.get("/api/open")["alarms"]
    operator.post("/api/alarms/1/acknowledge")
    operator.post(f"/api/dwellings/{alarm['dwelling_id']}/card/health", {"reason": "处理报警", "alarm_id": 1})
    look, taken = _newest(office)[:2]
    assert (taken["what"], taken["alarm_kind"], taken["label"]) == ("acknowledge", "help", alarm["label"])
    assert (look["is_health"], look["reason"], look["alarm_kind"]) == (True, "处理报警", "help")


def test_an_alarms_life_goes_out_with_health_notes_only_for_a_reason_that_is_kept(office):
    say(office.database, "alarm", alarm_message(1))
    operator = office.desk("operator")
    plain = operator.get("/api/alarms/1/export")
    assert "residents" not in plain and "health_notes" not in str(plain)
    operator.post("/api/alarms/1/export", {"reason": " "}, 422)
    whole = operator.post("/api/alarms/1/export", {"reason": "120 要求"})
    dwelling_id = plain["alarm"]["dwelling_id"]
    notes = office.rows("SELECT health_notes FROM residents WHERE dwelling_id = ?", dwelling_id)[0]
    assert whole["residents"][0]["health_notes"] == notes["health_notes"] and whole["history"][0] == plain["history"][0]
    look = _newest(office)[0]
    assert (look["what"], look["is_health"], look["reason"]) == ("looked_at_card", True, "120 要求")
    office.desk("auditor").post("/api/alarms/1/export", {"reason": "120 要求"}, 403)
    office.desk("operator", "c-other").post("/api/alarms/1/export", {"reason": "120 要求"}, 404)


def test_what_is_secret_is_not_kept_with_a_deed():
    sent = b'{"password": "hunter2", "old": "x", "residents": [{"health_notes": "y"}], "phone": "1", "name": "desk"}'
    assert rules.deed_detail({"staff_id": 7}, sent) == '{"staff_id": "7", "name": "desk"}'
    assert rules.deed_detail({}, b"[" * 60_000) is None
    assert rules.deed_detail({}, b"\xff\xfe") is None
    long = rules.deed_detail({}, b'{"reason": "' + b"a" * 5000 + b'"}')
    assert long is not None and len(long) < 300


def test_deeds_that_were_kept_as_addresses_are_read_all_the_same():
    assert rules.deed_fields("PUT /api/dwellings/d-1/place") == {"dwelling_id": "d-1"}
    assert rules.deed_fields("POST /api/updates/12/hubs/hub-0001/again") == {"build": "12", "hub_id": "hub-0001"}
    assert rules.deed_fields("PUT /api/plan") == {}
    assert rules.deed_fields("3 hubs, 1 differ") == {"text": "3 hubs, 1 differ"}
    assert rules.deed_fields(None) == {}


def test_every_deed_and_every_step_of_an_alarm_has_its_words():
    known = words.catalogue()["words"]
    described = make_app(Services(cast(Any, None), Path())).openapi()["paths"]
    for path, methods in described.items():
        for method, operation in methods.items():
            if method == "get" or not deeds._is_deed(path) or "hooks" in path:
                continue
            noun = path.split("/")[2].replace("-", "_")
            assert f"deed_{noun}_{operation['summary'].lower().replace(' ', '_')}" in known, path
    source = "\n".join(file.read_text("utf-8") for file in RELAY.rglob("*.py"))
    steps = set(re.findall(r'note_history\([^)]*?"([a-z_]+)"', source))
    assert "handed_over" in steps
    steps |= set(alarm_rules.ORDERS)
    assert not [what for what in steps if f"history_{what}" not in known]
