"""What somebody changes and the deed that says so are one commit: a crash keeps both or neither."""

from relay_parts import until

from relay.database import Broken
from relay.history import store as history_store

PLAN = {"steps": [{"to": ["console"], "wait_s": 30}]}


def deeds(office):
    return office.rows("SELECT what, by, detail FROM deeds WHERE what != 'counts_compared' ORDER BY deed_id")


def plans(office):
    return office.rows("SELECT 1 AS one FROM plans")


def lose_database_after(office, monkeypatch, is_there):
    """The relay dies with the first commit that has it: nothing is written any more."""
    connection, end = office.database._connection, office.database._connection.end
    gone = []

    def end_and_die(is_kept):
        end(is_kept)
        if is_kept and is_there():
            gone.append(True)

    def begin(is_writing, begin=connection.begin):
        if gone:
            raise Broken("the relay is dead")
        begin(is_writing)

    monkeypatch.setattr(connection, "end", end_and_die)
    monkeypatch.setattr(connection, "begin", begin)
    return gone


def test_a_crash_right_after_a_change_does_not_lose_its_deed(office, monkeypatch):
    supervisor = office.desk("supervisor")
    gone = lose_database_after(office, monkeypatch, lambda: plans(office))
    supervisor.put("/api/plan", PLAN)
    assert gone and len(plans(office)) == 1
    assert deeds(office) == [
        {"what": "plan_set_plan", "by": supervisor.me["staff_id"], "detail": None},
    ]


def test_a_change_whose_deed_cannot_be_kept_is_not_kept_either(office, monkeypatch):
    supervisor = office.desk("supervisor")

    def fail(*_, **__):
        raise RuntimeError("the deed cannot be written")

    monkeypatch.setattr(history_store, "note_deed", fail)
    supervisor.ask("PUT", "/api/plan", 500, json=PLAN)
    assert not plans(office) and not deeds(office)


def test_what_changed_nothing_is_no_deed_and_a_wrong_password_is_none(office):
    supervisor = office.desk("supervisor")
    supervisor.delete("/api/webhooks/987654", 404)
    supervisor.ask("POST", "/api/me/password", 409, json={"present": "not mine", "wanted": "a new one for me"})
    supervisor.post("/api/console", {"console_id": "console-1", "is_armed": True})
    assert deeds(office) == []
    supervisor.post("/api/webhooks", {"url": "http://127.0.0.1:9/hook"})
    assert [one["what"] for one in deeds(office)] == ["webhooks_add"]
    until(lambda: supervisor.get("/api/audit")[0]["what"] == "webhooks_add", "the deed in the audit list")
