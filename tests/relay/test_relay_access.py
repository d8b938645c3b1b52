"""Every route against everybody: refused without sign-in, by role as the table says, and across communities."""

from collections.abc import Iterator
from typing import Any

import access_parts
import office_parts
import pytest
from database_parts import alarm_message, say
from office_parts import THERE, Office

from relay.access import rules as access_rules
from relay.clock import now_ms
from relay.supervision import store as supervision_store

OWN_DOOR = {
    "/api/family/{secret}": "the family's link",
    "/api/hooks/sms": "a gateway's secret",
    "/api/hooks/sms-report": "a gateway's secret",
    "/api/health": "for probes: says whether, not who",
    "/metrics": "a token, or loopback",
    "/api/here": "nothing: that this is the relay, and not a sign-in page before it",
}
SHARED = {"/api/me", "/api/audit/verify"}  # one's own, and one chain for all


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_parts.office(tmp_path_factory.mktemp("office"), None) as one:
        yield one


@pytest.fixture(scope="module")
def description(office: Office) -> dict[str, Any]:
    return office.client.get("/openapi.json").json()


def test_only_what_has_a_secret_of_its_own_is_open(description):
    open_routes = {
        path for path, method in access_parts.operations(description)
        if "security" not in description["paths"][path][method]
    }  # fmt: skip
    assert open_routes <= set(OWN_DOOR), open_routes - set(OWN_DOOR)


def test_every_route_is_refused_to_whoever_is_not_signed_in(office, description):
    nobody = office.nobody()
    guessing = type(nobody)(office.client, secret="anl_" + "x" * 43)
    for path, method in access_parts.operations(description):
        if path in OWN_DOOR:
            continue
        given = access_parts.request_of(description, path, method, {})
        for who in (nobody, guessing):
            status, text = access_parts.ask(who, given)
            assert status == 401 and "Sign in" in text, (method, path, status)


def test_a_write_without_the_csrf_token_is_refused_everywhere(office, description):
    boss = office.desk(access_rules.SUPERVISOR)
    forged = type(boss)(office.client)
    forged.headers = {"Cookie": boss.headers["Cookie"]}
    for path, method in access_parts.operations(description):
        if method != "get" and path not in OWN_DOOR:
            status, text = access_parts.ask(forged, access_parts.request_of(description, path, method, {}))
            assert status == 403 and "out of date" in text, (method, path, status)


def test_each_role_may_what_the_table_says(office, description):
    made = access_parts.table(office, description)
    assert made == access_parts.TABLE.read_text(), "make access-table, and look at what has changed"
    for role in access_rules.ROLES:
        assert "●" in made and role in made


def _things(office: Office) -> dict[str, Any]:
    """One of everything that has a number in this community, by the name of its place in a path."""
    boss, person = office.desk(access_rules.SUPERVISOR), office.desk(access_rules.OPERATOR)
    say(office.database, "alarm", alarm_message(1))
    home = "d-1-1-302"
    contact = office.rows("SELECT contact_id FROM contacts WHERE dwelling_id = ?", home)[0]["contact_id"]
    hub = office.rows("SELECT hub_id, dwelling_id, community_id FROM hubs JOIN dwellings USING (dwelling_id)")[0]
    technical = office.database.write(
        lambda tx: supervision_store.raise_technical(tx, "hub_restarted", now_ms(), hub)
    ).result()
    boss.post("/api/tokens", {"name": "t", "role": "auditor"})
    return {
        "alarm_id": 1,
        "dwelling_id": home,
        "hub_id": hub["hub_id"],
        "technical_id": technical,
        "staff_id": person.me["staff_id"],
        "token_id": boss.get("/api/tokens")[-1]["token_id"],
        "shift_id": person.post("/api/duty", {"duty": "operator"})["me"]["shift_id"],
        "handover_id": person.post("/api/handover", {"note": "n"})["offered"]["handover_id"],
        "webhook_id": boss.post("/api/webhooks", {"url": "https://example.org/x"})["webhook_id"],
        "link_id": person.post(f"/api/dwellings/{home}/family-links", {"contact_id": contact})["link_id"],
        "community_id": office_parts.HERE,
        "estate": "清河苑",
        "building": "1",
    }


def test_nothing_of_one_community_is_to_be_had_from_another(office, description):
    things = _things(office)
    names = {row["name"] for row in office.rows("SELECT name FROM residents")}
    secrets = names | {things["dwelling_id"], things["hub_id"], office.desk(access_rules.OPERATOR).me["name"]}
    strangers = [office.desk(role, THERE) for role in (access_rules.SUPERVISOR, access_rules.OPERATOR, "installer")]
    strangers.append(office.desk(access_rules.DISTRICT, THERE))  # of no district, so of no other community
    for path, method in access_parts.operations(description):
        if path in OWN_DOOR:
            continue
        given = access_parts.request_of(description, path, method, things)
        for stranger in strangers:
            status, text = access_parts.ask(stranger, given)
            has_place = "{" in path
            assert not has_place or status in (403, 404, 409, 422), (method, path, status, text[:200])
            told = text.replace(given["url"], "")
            assert path in SHARED or not [one for one in secrets if one in told], (method, path, text[:200])
    assert office.desk(access_rules.OPERATOR).get("/api/board")["alarms"][0]["step"] == "raised"
