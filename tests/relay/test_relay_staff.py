"""Staff, roles and tokens: who is let in, who is shut out at once, and what nobody may grant. On both engines."""

import pytest
from office_parts import HERE, THERE
from relay_parts import Relay

from relay.access import rules as access_rules
from relay.access import store as access_store
from relay.access import tries
from relay.clock import now_ms

NEW = {"name": "zhao", "display_name": "赵敏", "role": "operator", "phone": "13800000101"}


def test_me_says_what_i_may_and_where_i_work(office):
    boss = office.desk("supervisor")
    assert (
        boss.me["role"] == "supervisor"
        and "staff" in boss.me["may"]
        and "staff" not in office.desk("operator").me["may"]
    )
    assert [one["community_id"] for one in boss.me["communities"]] == [HERE]
    office.database.write(lambda tx: access_store.add_role(tx, boss.me["staff_id"], THERE, "operator")).result()
    there = boss.post("/api/me/community", {"community_id": THERE})
    assert (there["community_id"], there["role"]) == (THERE, "operator") and "staff" not in there["may"]
    assert boss.get("/api/board")["dwellings"] == []
    boss.get("/api/staff", 403)
    boss.post("/api/me/community", {"community_id": "c-nowhere"}, 404)
    assert boss.post("/api/me/community", {"community_id": HERE})["role"] == "supervisor"
    office.desk("operator").post("/api/me/community", {"community_id": THERE}, 404)


def test_a_district_officer_goes_where_their_district_reaches_and_no_farther(office):
    officer = office.desk("district")
    officer.post("/api/me/community", {"community_id": THERE}, 404)
    office.database.write(
        lambda tx: (
            tx.insert_new("districts", {"district_id": "d-1", "name": "区", "name_en": "District"}),
            tx.execute("UPDATE communities SET district_id = 'd-1'"),
        )
    ).result()
    there = officer.post("/api/me/community", {"community_id": THERE})
    assert (there["community_id"], there["role"]) == (THERE, "district")
    assert [one["community_id"] for one in there["communities"]] == [THERE, HERE]
    office.database.write(
        lambda tx: tx.execute("UPDATE communities SET district_id = NULL WHERE community_id = ?", (THERE,))
    ).result()
    assert officer.get("/api/me")["community_id"] == HERE  # not theirs any more: back home


def test_a_new_colleague_gets_a_password_once_and_a_taken_name_is_refused(office):
    boss = office.desk("supervisor")
    made = boss.post("/api/staff", NEW)
    assert len(made["password"]) >= 16 and made["display_name_en"] == "赵敏" and made["is_home"]
    listed = next(one for one in boss.get("/api/staff") if one["name"] == "zhao")
    assert "password" not in listed and listed["is_active"]
    assert "Choose another" in boss.post("/api/staff", NEW, 409)["detail"]
    with office.database.read() as reader:
        row = access_store.staff_by_name(reader, "zhao")
    assert row is not None and access_store.is_password(row["password_hash"], made["password"])
    for bad in ({"role": "district"}, {"role": "king"}, {"name": " "}, {"language": "fr"}, {"more": 1}):
        boss.post("/api/staff", NEW | {"name": "b"} | bad, 422)


def test_whoever_loses_their_role_is_out_at_once_and_nobody_locks_the_community_out(office):
    boss, person = office.desk("supervisor"), office.desk("operator")
    token = office.program("operator")
    own = {"display_name": "某人", "role": "operator", "is_active": True}
    path = f"/api/staff/{person.me['staff_id']}"
    assert boss.put(path, own | {"phone": "13800000102"})["phone"] == "13800000102"
    person.get("/api/board")  # still in: nothing that matters has changed
    boss.put(path, own | {"is_active": False})
    person.get("/api/board", 401)
    token.get("/api/board")  # the supervisor's own, not that person's
    for body in (own, own | {"role": "supervisor", "is_active": False}):
        assert "another supervisor" in boss.put(f"/api/staff/{boss.me['staff_id']}", body, 409)["detail"]
    office.desk("supervisor", THERE).put(path, own, 404)
    officer = office.desk("district")
    assert "relay itself" in boss.put(f"/api/staff/{officer.me['staff_id']}", own, 409)["detail"]


def test_a_guest_is_kept_by_their_own_community(office):
    boss, guest = office.desk("supervisor"), office.desk("responder", THERE)
    staff_id = guest.me["staff_id"]
    office.database.write(lambda tx: access_store.add_role(tx, staff_id, HERE, "responder")).result()
    listed = next(one for one in boss.get("/api/staff") if one["staff_id"] == staff_id)
    assert listed["is_home"] is False and listed["notify_url"] is None
    assert "guest" in boss.post(f"/api/staff/{staff_id}/password", {}, 409)["detail"]
    body = {"display_name": "改名", "role": "operator"}
    assert boss.put(f"/api/staff/{staff_id}", body)["role"] == "operator"
    assert office.rows("SELECT display_name FROM staff WHERE staff_id = ?", staff_id)[0]["display_name"] != "改名"
    assert boss.put(f"/api/staff/{staff_id}", body | {"is_active": False})["is_active"] is False
    assert staff_id not in [one["staff_id"] for one in boss.get("/api/staff")]


def test_a_new_password_ends_the_sessions_and_one_changes_ones_own_with_the_present_one(office):
    boss = office.desk("supervisor")
    made = boss.post("/api/staff", NEW)
    again = boss.post(f"/api/staff/{made['staff_id']}/password")["password"]
    form = {"name": "zhao", "password": again, "next": "/"}
    answer = office.nobody().ask("POST", "/sign-in", 303, data=form)
    office.client.cookies.clear()
    desk = type(boss)(office.client, answer.cookies["anling_session"])
    other = office.another_desk(desk)
    desk.post("/api/me/password", {"present": "wrong one", "wanted": "longer than ten"}, 409)
    desk.post("/api/me/password", {"present": again, "wanted": "short"}, 422)
    desk.post("/api/me/password", {"present": again, "wanted": "longer than ten"})
    desk.get("/api/me")
    other.get("/api/me", 401)
    for _ in range(5):
        answer = desk.ask("POST", "/api/me/password", 409, json={"present": "no", "wanted": "longer than ten"})
    assert "Wait" in desk.post("/api/me/password", {"present": "no", "wanted": "longer than ten"}, 429)["detail"]


def test_a_token_does_what_its_role_may_until_it_is_ended(office):
    boss = office.desk("supervisor")
    program = office.program("auditor")
    assert program.get("/api/me")["role"] == "auditor"
    program.get("/api/board", 403)
    assert "one community" in program.post("/api/me/community", {"community_id": HERE}, 409)["detail"]
    (listed,) = [one for one in boss.get("/api/tokens") if one["role"] == "auditor"]
    assert "secret" not in listed
    office.desk("supervisor", THERE).delete(f"/api/tokens/{listed['token_id']}", 404)
    boss.delete(f"/api/tokens/{listed['token_id']}")
    program.get("/api/me", 401)
    boss.delete(f"/api/tokens/{listed['token_id']}", 404)
    for bad in ({"role": "district"}, {"days": 0}, {"name": ""}):
        boss.post("/api/tokens", {"name": "x", "role": "operator"} | bad, 422)


def test_tries_are_counted_in_the_database_and_forgotten_when_right(database):
    now = now_ms()

    def begin(name: str, address: str, at: int = now) -> int:
        return database.write(lambda tx: tries.begin_sign_in(tx, name, address, at)).result()

    assert [begin("a", "here") for _ in range(access_rules.TRIES_PER_NAME)] == [0] * access_rules.TRIES_PER_NAME
    assert begin("a", "there") > 0 and begin("b", "here") == 0
    database.write(lambda tx: tries.succeeded(tx, "b", "here")).result()
    assert begin("a", "there", now + access_rules.WINDOW_MS + 1) == 0
    for count in range(access_rules.TRIES_PER_ADDRESS):
        assert begin(f"n{count}", "bot") == 0
    assert begin("new", "bot") > 0


@pytest.mark.parametrize("name", ["operator"])
def test_a_restart_gives_nobody_fresh_tries_at_a_password(relay: Relay, name):
    import httpx

    def attempt(password: str) -> int:
        form = {"name": name, "password": password}
        return httpx.post(f"http://127.0.0.1:{relay.port}/sign-in", data=form, timeout=20).status_code

    assert [attempt(f"x{n}") for n in range(6)] == [401] * 5 + [429]
    relay.kill()
    relay.start()
    assert attempt(relay.sample["staff"][0]["password"]) == 429


def test_a_supervisor_changes_the_community_and_an_operator_does_not(office):
    boss = office.desk("supervisor")
    before = boss.get("/api/community")
    body = {"name": "清河苑北", "duty_phone": "13800000009", "latitude": 31.2, "longitude": 121.4}
    after = boss.put("/api/community", body)
    assert after == before | body | {"name_en": "清河苑北"}
    office.desk("operator").put("/api/community", body, 403)
    for bad in ({"name": " "}, {"latitude": 99}, {"name": "x" * 65}):
        boss.put("/api/community", body | bad, 422)
    assert office.desk("operator", THERE).get("/api/community")["name"] == "别处"
