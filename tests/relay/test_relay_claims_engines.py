"""Claims and walk tests by both engines: the same rows in, the same answers out."""

from typing import Any

from protocol import messages, topics
from protocol import vocabulary as words

from relay.access import store as access_store
from relay.claims import rules as claim_rules
from relay.claims import store as claim_store
from relay.database import Database
from relay.hubs import store as hub_store
from relay.people import store as people_store
from relay.supervision import store as supervision_store
from relay.walks import rules, store

NOW = 1_800_000_000_000
HUB = {"hub_id": "h-e", "uptime_s": None}
DEVICE = {"device_id": "5448e68f80a5", "kind": "button", "room": "卧室", "label": "床头"}


def test_a_hub_is_made_claimed_walked_and_checked(database: Database) -> None:
    def do(work: Any) -> Any:
        return database.write(work).result()

    def home(t: Any) -> int:
        people_store.add_community(t, "c-e", "东社区", "East", 100, 100)
        values = {"dwelling_id": "d-e", "community_id": "c-e", "label": "1-1", "label_en": "1-1", "address": "1"}
        people_store.add_dwelling(t, values)
        return access_store.add_staff(t, "c-e", "li-e", "李", "Li", "installer", "x")

    staff_id = do(home)
    assert [one["dwelling_id"] for one in do(lambda t: people_store.dwellings_to_install(t, "c-e", "1-1", 9))] == [
        "d-e"
    ]
    do(lambda t: claim_store.make(t, "h-e", NOW))
    do(lambda t: claim_store.take(t, "h-e", "d-e", staff_id, NOW))
    do(lambda t: claim_store.set_devices(t, "h-e", [DEVICE]))
    do(lambda t: hub_store.heard(t, "h-e", NOW))
    claim = do(lambda t: claim_store.claim(t, "h-e"))
    assert claim.state == claim_rules.INSTALLED and claim.claimed_by_name == "李" and claim.is_online
    assert [one.hub_id for one in do(lambda t: claim_store.claims_of(t, "c-e"))] == ["h-e"]
    hub = do(lambda t: hub_store.hub(t, "h-e"))
    walk_id = do(lambda t: store.start(t, hub, staff_id, NOW, 30))
    for n in (1, 2, 3):
        first, second = messages.walked(n, DEVICE["device_id"], -60), messages.walked(n, DEVICE["device_id"], -60, 50)
        assert do(lambda t, m=first: store.take(t, HUB, topics.WALK, m, NOW + 1))[0]["heard"] == n
        assert do(lambda t, m=second: store.take(t, HUB, topics.WALK, m, NOW + 1)) == []
    do(lambda t: store.take(t, HUB, topics.HELLO, {"uptime_s": 9_000}, NOW + 2))
    for kind in (words.MAINS_LOST, words.MAINS_RESTORED):
        do(lambda t, k=kind: supervision_store.raise_technical(t, k, NOW + 3, hub))
    contact = [{"name": "孙明", "phone": "13800001111", "is_verified": True}]
    do(lambda t: store.set_json(t, walk_id, "contacts", contact))
    checks = do(lambda t: store.checks(t, store.walk(t, walk_id, "c-e")))
    assert [one.name for one in rules.blocking(checks)] == ["answer"]
    do(lambda t: store.keep_certificate(t, walk_id, NOW + 4, [], b"%PDF-\x00\xff", "00"))
    assert bytes(do(lambda t: store.walk(t, walk_id, "c-e"))["certificate"]) == b"%PDF-\x00\xff"
    assert do(lambda t: store.running(t, "h-e", NOW + 5)) is None
    later = NOW + rules.WEEK_MS + 5
    assert do(lambda t: store.weekly_due(t, later - 5)) == []
    due = do(lambda t: store.weekly_due(t, later))
    assert [one["dwelling_id"] for one in due] == ["d-e"]
    do(lambda t: store.keep_weekly(t, due[0], later, ["mains"]))
    assert do(lambda t: store.weekly_due(t, later)) == []
    assert do(lambda t: store.weekly_due(t, later + rules.DAY_MS + 1)) == due  # a failed one is looked at daily
    assert do(lambda t: store.weekly_of(t, "d-e", "c-e"))[0]["is_passed"] == 0
