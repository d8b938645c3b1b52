"""A hub from the bench to a dwelling: made once, claimed once, and nobody else's by mistake."""

import json

import pytest
from claim_parts import add_dwellings, installer, make_hub
from relay_parts import Home, Staff, relay_command, until

from relay.claims import rules


@pytest.fixture(scope="module")
def people(shared_relay):
    community = shared_relay.sample["community_id"]
    add_dwellings(shared_relay.data, community, "d-new1", "d-new2", "d-new3", "d-new4")
    made = [
        installer(shared_relay, "li"),
        installer(shared_relay, "zhao"),
        installer(shared_relay, "sun", "supervisor"),
    ]
    yield made
    for one in made:
        one.close()


def take(person: Staff, hub: dict, dwelling_id: str, status: int = 200, secret: str | None = None):
    body = {"secret": secret or hub["claim_text"], "dwelling_id": dwelling_id}
    return person.post(f"/api/claims/{hub['hub_id']}/take", body, status)


def test_many_hubs_are_made_and_no_secret_is_kept_in_clear(tmp_path):
    done = relay_command("hub-make", "--count", "3", "--url", "https://relay.example", data=tmp_path)
    hubs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len({hub["hub_id"] for hub in hubs}) == 3
    kept = (tmp_path / "relay.db").read_bytes()
    for hub in hubs:
        assert hub["label_url"].startswith(f"https://relay.example/install#{hub['hub_id']}.")
        assert len(bytes.fromhex(hub["claim"])) == 16 and len(hub["psk_hex"]) == 64
        for secret in (hub["password"], hub["claim"], hub["claim_text"]):  # the TLS key is: the broker must have it
            assert secret.encode() not in kept and bytes.fromhex(hub["claim"]) not in kept


@pytest.mark.parametrize(
    "wrong", [["--count", "0"], ["--hub", "Relay!"], ["--hub", "a", "--count", "2"], ["--url", "x"], ["--ca", "/none"]]
)
def test_wrong_words_at_the_bench_get_a_sentence(tmp_path, wrong):
    done = relay_command("hub-make", *wrong, data=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("relay: ") and "Traceback" not in done.stderr


def test_the_first_claim_counts_and_the_second_installer_is_told_whose_it_is(shared_relay, people):
    li, zhao, supervisor = people
    hub = make_hub(shared_relay.data)
    assert li.post(f"/api/claims/{hub['hub_id']}/look", {"secret": hub["claim_text"]})["state"] == "free"
    done = take(li, hub, "d-new1")
    assert done["state"] == "claimed" and done["broker"]["port"] == shared_relay.broker_port
    assert take(li, hub, "d-new1") == done, "again changes nothing"
    said = take(zhao, hub, "d-new2", 409)["detail"]
    assert "安装员li" in said and "9号楼d-new1" in said and "supervisor" in said
    other = make_hub(shared_relay.data)
    assert hub["hub_id"] in take(zhao, other, "d-new1", 409)["detail"], "the dwelling has a hub"
    zhao.post(f"/api/claims/{hub['hub_id']}/release", status=409)
    assert supervisor.post(f"/api/claims/{hub['hub_id']}/release")["state"] == "free"
    assert take(zhao, hub, "d-new2")["dwelling_id"] == "d-new2"


def test_a_claimed_hub_may_speak_for_its_dwelling_and_an_unclaimed_one_not(shared_relay, people):
    hub = make_hub(shared_relay.data)
    early = Home(shared_relay.broker_port, hub["hub_id"], hub["password"])
    until(lambda: early.refused, "refused before the claim")
    early.stop()
    take(people[0], hub, "d-new3")
    home = Home(shared_relay.broker_port, hub["hub_id"], hub["password"]).wait_connected()
    home.beat()
    until(lambda: people[0].dwelling(hub["hub_id"])["is_hub_online"], "it is on the line")
    said = people[0].post(f"/api/claims/{hub['hub_id']}/release", status=409)["detail"]
    assert "revoke" in said
    assert "installed at" in take(people[1], hub, "d-new4", 409)["detail"]
    home.stop()


def test_the_labels_secret_opens_its_own_hub_only(shared_relay, people):
    hub, other = make_hub(shared_relay.data), make_hub(shared_relay.data)
    assert "does not belong" in take(people[0], hub, "d-new4", 403, other["claim_text"])["detail"]
    assert "26 letters" in take(people[0], hub, "d-new4", 422, hub["claim_text"][:9])["detail"]
    assert "no hub of this name" in take(people[0], {"hub_id": "h-none"}, "d-new4", 404, hub["claim_text"])["detail"]
    assert "no such dwelling" in take(people[0], hub, "d-elsewhere", 404)["detail"]


def test_devices_are_named_by_who_installs_and_only_in_their_community(shared_relay, people):
    hub = make_hub(shared_relay.data)
    take(people[0], hub, "d-new4")
    device = {"device_id": "5448e68f80a5", "kind": "button", "room": "卧室", "label": "床头"}
    path = f"/api/claims/{hub['hub_id']}/devices"
    assert people[0].http.put(path, json={"devices": [device]}).status_code == 200
    assert take(people[0], hub, "d-new4")["devices"] == [device]
    assert people[0].http.put(path, json={"devices": [device, device]}).status_code == 422
    assert people[0].http.put(path, json={"devices": [device | {"kind": "toaster"}]}).status_code == 422
    operator = shared_relay.staff()
    assert operator.http.put(path, json={"devices": []}).status_code == 403
    assert operator.http.get("/api/claims").status_code == 403
    operator.close()


def test_dwellings_are_found_by_name_initials_and_address(shared_relay, people):
    def found(text: str) -> set[str]:
        return {one["dwelling_id"] for one in people[0].get(f"/api/claims/dwellings?q={text}")}

    assert {"d-new1", "d-new2"} <= found("sgl") and {"d-new1"} <= found("孙桂兰") and "d-new2" in found("清河路9号")
    assert found("nobody-at-all") == set()


def test_a_claim_brings_the_keys_of_its_stairwell_and_brings_the_same_ones_again(shared_relay, people):
    """Neighbours carry for each other from the first day; a second try must not make the key another one."""
    li, _, supervisor = people
    told = []
    for door, unit in (("301", "1"), ("302", "1"), ("301", "2")):
        place = {
            "estate": "清河苑",
            "building": "88",
            "unit": unit,
            "floor": 3,
            "door": door,
            "label": f"88-{unit}-{door}",
        }
        home = supervisor.post("/api/people/dwellings", place)
        hub = make_hub(shared_relay.data)
        told.append(take(li, hub, home["dwelling_id"]))
        assert take(li, hub, home["dwelling_id"])["neighbours"] == told[-1]["neighbours"]
    first, beside, other = (one["neighbours"] for one in told)
    assert first["stairwell_key"] == beside["stairwell_key"] != other["stairwell_key"]
    assert len({one["carry_key"] for one in (first, beside, other)}) == 3
    add_dwellings(shared_relay.data, shared_relay.sample["community_id"], "d-nowhere")
    said = take(li, make_hub(shared_relay.data), "d-nowhere")
    assert said["neighbours"] is None and said["modem"] is None, "the register does not say in which building"


@pytest.mark.parametrize("text", ["x", "12", "1380000119912345678", "13800001199,a b", '13800001199,"x', "+", "١٢٣٤"])
def test_a_number_that_no_modem_can_call_is_refused_at_the_start(text):
    with pytest.raises(ValueError, match="--hub-modem"):
        rules.modem_of(text)
    assert rules.modem_of("+8613800001199,cmiot") == {"number": "+8613800001199", "apn": "cmiot"}
    assert rules.modem_of("10690000") == {"number": "10690000", "apn": None} and rules.modem_of("") is None
