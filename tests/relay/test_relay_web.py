"""The API's door and manners: sign-in, CSRF, one's own community only, errors in sentences, live events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from relay_parts import EPOCH, Staff, relay_command, until

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x03\x20\x00\x00\x02\x58\x08\x02\x00\x00\x00" + bytes(8)


class Stream:
    """A console's event stream, read in a thread."""

    def __init__(self, person: Staff, path: str = "/api/events", headers: dict[str, str] | None = None) -> None:
        self.events: list[tuple[str, int | None, dict]] = []
        self.ended = threading.Event()
        self._opened = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(person, path, headers or {}), daemon=True)
        self._thread.start()
        until(lambda: self.events, "the first tick")

    def _read(self, person: Staff, path: str, headers: dict[str, str]) -> None:
        try:
            with (
                httpx.Client(base_url=person.http.base_url, cookies=person.http.cookies, timeout=20) as http,
                http.stream("GET", path, headers=headers) as answer,
            ):
                assert answer.status_code == 200
                self._take(answer.iter_lines())
        except httpx.HTTPError:
            pass  # the relay went away: that is what some tests do
        finally:
            self.ended.set()

    def _take(self, lines: Iterator[str]) -> None:
        name, number, data = "", None, ""
        for line in lines:
            if self._stop.is_set():
                return
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                number = int(value)
            elif field == "data":
                data = value
            elif not line and name:
                self.events.append((name, number, json.loads(data)))
                name, number, data = "", None, ""

    def named(self, name: str) -> list[tuple[int | None, dict]]:
        return [(number, data) for found, number, data in list(self.events) if found == name]

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def stream(*given, **named) -> Iterator[Stream]:
    one = Stream(*given, **named)
    try:
        yield one
    finally:
        one.stop()


def test_nothing_is_open_to_somebody_who_is_not_signed_in(shared_relay):
    url = f"http://127.0.0.1:{shared_relay.port}"
    with httpx.Client(base_url=url, timeout=20) as http:
        for path in ("/api/me", "/api/board", "/api/events", "/api/dwellings/d/card", "/api/alarms/1/history"):
            answer = http.get(path)
            assert answer.status_code == 401 and "Sign in" in answer.json()["detail"], path
        assert http.get("/pictures/a.png").status_code == 401
        for path in ("acknowledge", "assign", "arrived", "clear"):
            assert http.post(f"/api/alarms/1/{path}", json={"outcome": "helped", "staff_id": 1}).status_code == 401
        assert http.get("/api/board", headers={"Cookie": "anling_session=guess"}).status_code == 401


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(shared_relay):
    one = shared_relay.sample["staff"][0]
    url = f"http://127.0.0.1:{shared_relay.port}"
    answer = httpx.post(
        url + "/sign-in", data={"name": one["name"], "password": one["password"], "next": "//evil.example"}
    )
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
    assert one["password"] not in cookie


def test_a_sign_in_form_of_another_site_is_refused(shared_relay):
    one = shared_relay.sample["staff"][0]
    answer = httpx.post(
        f"http://127.0.0.1:{shared_relay.port}/sign-in",
        data={"name": one["name"], "password": one["password"]},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_wrong_passwords_are_slowed_down(relay):
    url = f"http://127.0.0.1:{relay.port}/sign-in"
    codes = [httpx.post(url, data={"name": "operator", "password": f"x{n}"}, timeout=20).status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    right = relay.sample["staff"][0]["password"]
    answer = httpx.post(url, data={"name": "operator", "password": right})
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    relay.staff("responder").close()  # somebody else is not locked out


def test_a_write_without_the_csrf_token_is_refused(shared_relay, homes, staff):
    home, person = homes(shared_relay, "hub-0001"), staff(shared_relay)
    home.press(1)
    home.next("receipt")
    alarm = next(one for one in person.alarms() if one["hub_id"] == "hub-0001")
    path = f"/api/alarms/{alarm['alarm_id']}/acknowledge"
    for token in (None, "wrong", "é"):
        headers = {"X-CSRF-Token": token.encode()} if token else {}
        answer = httpx.post(str(person.http.base_url) + path, cookies=person.http.cookies, headers=headers, json={})
        assert answer.status_code == 403 and "Load it again" in answer.json()["detail"]
    person.post(path)


def test_signing_out_ends_session_and_streams(shared_relay, staff):
    person = staff(shared_relay)
    with stream(person) as live:
        assert person.http.post("/sign-out").status_code == 303
        until(live.ended.is_set, "the end of the stream")
    assert person.http.get("/api/me").status_code == 401


def test_nobody_acknowledges_for_another_and_the_second_is_told_who_was_first(shared_relay, homes, staff):
    home = homes(shared_relay, "hub-0002")
    first, second = staff(shared_relay), staff(shared_relay, "responder")
    home.press(1)
    home.next("receipt")
    alarm = next(one for one in first.alarms() if one["hub_id"] == "hub-0002")
    path = f"/api/alarms/{alarm['alarm_id']}"
    first.post(path + "/acknowledge", {"staff_id": second.me["staff_id"]}, 422)
    assert first.post(path + "/clear", {"outcome": "helped"}, 409)["detail"].startswith("Nobody has acknowledged")
    assert first.post(path + "/acknowledge")["acknowledged_by"] == first.me["staff_id"]
    assert first.post(path + "/acknowledge")["acknowledged_by"] == first.me["staff_id"]  # a double click
    assert first.me["display_name"] in second.post(path + "/acknowledge", {}, 409)["detail"]
    assert "outcome" in first.post(path + "/clear", {"outcome": "whatever"}, 422)["detail"]
    assert "minutes" in first.post(path + "/assign", {"staff_id": 1, "minutes": 1000}, 422)["detail"]
    first.post(path + "/assign", {"staff_id": 9999, "minutes": 3}, 409)
    first.post("/api/alarms/999999/acknowledge", {}, 404)
    home.press(2, 1)  # pressed again: a person is needed again, and it is still one alarm
    home.next("receipt")
    again = [one for one in first.alarms() if one["hub_id"] == "hub-0002"]
    assert len(again) == 1 and again[0]["sound"] and again[0]["activations"] == 2
    assert second.post(path + "/acknowledge")["acknowledged_by"] == second.me["staff_id"]


def test_staff_of_another_community_see_and_touch_nothing_of_this_one(shared_relay, homes, staff):
    home, person = homes(shared_relay, "hub-0003"), staff(shared_relay)
    home.press(1)
    home.next("receipt")
    alarm = next(one for one in person.alarms() if one["hub_id"] == "hub-0003")
    data = shared_relay.data
    assert relay_command("community-add", "--community", "c-other", "--name", "别处", data=data).returncode == 0
    added = relay_command(
        "staff-add", "--community", "c-other", "--name", "stranger", "--display-name", "某人", "--role", "operator",
        data=data,
    )  # fmt: skip
    stranger = Staff(f"http://127.0.0.1:{shared_relay.port}", "stranger", added.stdout.split(": ")[1].strip())
    try:
        board = stranger.get("/api/board")
        assert (board["dwellings"], board["alarms"]) == ([], [])
        assert len(board["responders"]) == 1
        with stream(stranger) as live:
            person.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
            home.press(2, 1)
            home.next("receipt")
            until(lambda: len(live.named("tick")) >= 2, "a second tick")
            assert not live.named("alarm") and not live.named("dwelling")
        stranger.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge", {}, 404)
        for path in (f"/api/dwellings/{alarm['dwelling_id']}/card", f"/api/alarms/{alarm['alarm_id']}/history"):
            assert stranger.http.get(path).status_code == 404
        place = f"/api/dwellings/{alarm['dwelling_id']}/place"
        assert stranger.http.put(place, json={"x": 0.5, "y": 0.5}).status_code == 404
    finally:
        stranger.close()


def test_two_consoles_hear_the_same_in_the_same_order_and_resume_where_they_were(shared_relay, homes, staff):
    home, person, other = homes(shared_relay, "hub-0004"), staff(shared_relay), staff(shared_relay, "responder")
    start = person.get("/api/board")["last_event_id"]
    with stream(person) as one, stream(other) as two:
        for seq in range(1, 11):
            home.press(seq)
        # At least ten: escalation of this and of earlier tests' alarms is told on the same streams.
        until(lambda: min(len(one.named("alarm")), len(two.named("alarm"))) >= 10, "ten alarms on both")
        until(lambda: one.named("alarm") == two.named("alarm"), "the same on both")
        told = one.named("alarm")
        assert one.named("dwelling")[-1][1]["state"] == "alarm"
        numbers = [number for name, number, _ in one.events if number is not None]
        assert numbers == sorted(set(numbers))
    middle = numbers[len(numbers) // 2]
    with stream(person, f"/api/events?last_event_id={start}") as again:
        until(lambda: again.named("alarm")[: len(told)] == told, "all again")
    with stream(person, f"/api/events?last_event_id={start}", headers={"Last-Event-ID": str(middle)}) as later:
        wanted = [number for number in numbers if number > middle]
        until(lambda: [n for _, n, _ in later.events if n is not None][: len(wanted)] == wanted, "only what was missed")
    with stream(person, "/api/events?last_event_id=99999999") as ahead:
        until(lambda: ahead.named("reload"), "the order to load the board")


def test_a_stream_resumes_over_a_restart_of_the_relay(relay, homes, staff):
    home, person = homes(relay, "hub-0001"), staff(relay)
    start = person.get("/api/board")["last_event_id"]
    with stream(person) as live:
        home.press(1)
        until(lambda: live.named("alarm"), "the alarm")
        assert relay.stop() == 0  # an open stream does not hold the relay
        until(live.ended.is_set, "the end of the stream")
    relay.start()
    with stream(person, f"/api/events?last_event_id={start}") as again:
        until(lambda: again.named("alarm"), "the alarm, from the table")
    seen = live.named("alarm")
    assert again.named("alarm")[: len(seen)] == seen  # and what escalation did until the end


def test_a_picture_is_taken_and_shown_and_what_is_none_is_refused(relay, staff):
    person = staff(relay)
    before = person.get("/api/board")["community"]
    assert before["picture_url"].startswith("/static/") and before["picture_width"] == 1600
    for name, data, word in (("a.png", b"<svg onload=x>", "SVG"), ("a.png", b"MZ not a picture", "PNG")):
        answer = person.http.post("/api/community/picture", files={"file": (name, data)})
        assert answer.status_code == 415 and word in answer.json()["detail"]
    answer = person.http.post("/api/community/picture", files={"file": ("../../x.svg", PNG)})
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert (after["picture_width"], after["picture_height"]) == (800, 600)
    shown = person.http.get(after["picture_url"])
    assert shown.content == PNG and shown.headers["content-type"] == "image/png"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert person.http.get("/pictures/..%2frelay.db").status_code == 404
    helper = staff(relay, "responder")
    assert helper.http.post("/api/community/picture", files={"file": ("a.png", PNG)}).status_code == 403


def test_a_dwelling_is_placed_within_the_picture(shared_relay, staff):
    person = staff(shared_relay)
    path = f"/api/dwellings/{shared_relay.sample['hubs'][5]['dwelling_id']}/place"
    with stream(person) as live:
        answer = person.http.put(path, json={"x": 0.25, "y": 0.75})
        assert answer.status_code == 200 and (answer.json()["x"], answer.json()["y"]) == (0.25, 0.75)
        until(lambda: any(data["x"] == 0.25 for _, data in live.named("dwelling")), "the other consoles see it")
    for body in ({"x": 1.1, "y": 0}, {"x": "a", "y": 0}, {"x": 0.5}, [], {"x": 0, "y": 0, "z": 0}):
        answer = person.http.put(path, json=body)
        assert answer.status_code == 422 and isinstance(answer.json()["detail"], str)
    assert person.http.put("/api/dwellings/none/place", json={"x": 0, "y": 0}).status_code == 404


def test_addresses_that_do_not_exist_are_answered_kindly(shared_relay, staff):
    person = staff(shared_relay)
    page = person.http.get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
    assert "Traceback" not in page.text
    answer = person.http.get("/api/nowhere")
    assert answer.status_code == 404 and isinstance(answer.json()["detail"], str)
    assert person.http.get("/api/alarms/1/acknowledge").status_code == 405
    assert person.http.get("/api/alarms/abc/history").status_code == 422
    for got in (page, answer):
        policy = got.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_mains_and_hub_offline_are_faults_that_end_by_themselves(shared_relay, homes, staff):
    from protocol import messages, topics

    home, person = homes(shared_relay, "hub-0010"), staff(shared_relay)

    def technical(seq: int, kind: str) -> None:
        home.say(topics.TECHNICAL, messages.technical(EPOCH, seq, kind, None, None, 0, None))
        home.next("receipt")

    def kinds() -> list[tuple[str, int]]:
        mine = [one for one in person.get("/api/board")["technical"] if one["hub_id"] == "hub-0010"]
        return [(one["kind"], one["count"]) for one in mine]

    technical(1, "mains_lost")
    technical(2, "mains_lost")
    assert kinds() == [("mains_lost", 2)]
    (entry,) = [one for one in person.get("/api/board")["technical"] if one["kind"] == "mains_lost"]
    assert "by itself" in person.post(f"/api/technical/{entry['id']}/close", {}, 409)["detail"]
    technical(3, "hub_restarted")
    assert kinds() == [("hub_restarted", 1), ("mains_lost", 2)]
    technical(4, "mains_restored")
    assert kinds() == [("hub_restarted", 1)]
    (entry,) = [one for one in person.get("/api/board")["technical"] if one["hub_id"] == "hub-0010"]
    assert person.post(f"/api/technical/{entry['id']}/close")["is_open"] is False
    assert kinds() == []
    home.say(topics.STATE, messages.offline())
    until(lambda: person.dwelling("hub-0010")["state"] == "offline", "the last will shows")
    home.beat()
    until(lambda: person.dwelling("hub-0010")["state"] == "safe", "the heartbeat shows")


@pytest.mark.parametrize("header", ["abc", "²"])
def test_a_resume_from_nonsense_is_refused(shared_relay, staff, header):
    answer = staff(shared_relay).http.get("/api/events", headers={"Last-Event-ID": header.encode()})
    assert answer.status_code == 422
