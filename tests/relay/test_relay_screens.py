"""The pages beside the board: who gets them, what their heads say, and that all they name is there."""

import asyncio
import gzip
import re

from database_parts import alarm_message, say
from office_parts import HERE, THERE

from relay.access import rules as access_rules
from relay.console import modules, nav, packed, screens, words

STATIC = words.CATALOGUE.parent
HTML = {"Accept": "text/html"}


def _page(desk, path: str, status: int = 200):
    return desk.ask("GET", path, status, headers=HTML)


def test_each_role_gets_its_pages_and_no_others(office):
    for role in access_rules.ROLES:
        desk = office.desk(role)
        for screen in screens.SCREENS:
            may = access_rules.may(role, screen.order)
            answer = _page(desk, screen.address, 200 if may else 403)
            assert ('id="room"' in answer.text) == may, (role, screen.address)


def test_the_menu_lists_what_the_role_may_see_and_nothing_that_is_not_there(office):
    text = _page(office.desk("supervisor"), "/hubs").text
    listed = set(re.findall(r'<li><a class="button quiet" href="([^"]+)"', text))
    assert {"/", "/buildings", "/hubs", "/numbers", "/people", "/staff", "/settings", "/audit", "/phone"} <= listed
    assert "/district" not in listed
    for address in listed:
        _page(office.desk("supervisor"), address)
    known = {address for address, *_ in nav.PAGES}
    assert {screen.address for screen in screens.SCREENS} <= known


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(office):
    for path in (*(screen.address for screen in screens.SCREENS), "/phone"):
        assert _page(office.nobody(), path, 303).headers["location"] == f"/sign-in?next=%2F{path[1:]}"


def test_nothing_that_a_page_names_is_missing_or_from_elsewhere(office):
    desk = office.desk("supervisor")
    for path in (*(screen.address for screen in screens.SCREENS if screen.address != "/district"), "/phone"):
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', _page(desk, path).text)
        assert len(named) > 5, path
        for address in named:
            assert (STATIC / address.removeprefix("/static/")).is_file(), (path, address)


def test_a_page_names_every_module_that_its_script_imports():
    needed = modules.needed_by("hubs/hubs.js")
    assert {"hubs/hubs.js", "parts/room.js", "base/dom.js", "base/words.js"} <= set(needed)
    for screen in screens.SCREENS:
        for path in modules.needed_by(f"{screen.name}/{screen.name}.js"):
            assert (STATIC / path).is_file(), path


def test_no_page_loosens_the_security_policy(office):
    for desk, path in ((office.desk("supervisor"), "/buildings"), (office.desk("responder"), "/phone")):
        policy = _page(desk, path).headers["content-security-policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "worker-src" not in policy


def test_the_family_page_gives_its_address_to_nobody(office):
    answer = _page(office.nobody(), "/family/not-a-secret")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "csrf-token" not in answer.text


def test_the_phone_keeps_its_page_by_a_worker_that_rules_it(office):
    desk = office.desk("responder")
    manifest = desk.ask("GET", "/phone.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/phone"
    worker = desk.ask("GET", "/phone-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    kept = re.findall(r'"(/static/[^"$]+)"', worker.text)
    kept += [f"/static/base/{name}.js" for name in _list(worker.text, "base")]
    kept += [f"/static/phone/{name}.js" for name in _list(worker.text, "phone")]
    for address in kept:
        assert (STATIC / address.removeprefix("/static/")).is_file(), address
    needed = {f"/static/{path}" for path in modules.needed_by("phone/phone.js")}
    assert needed <= set(kept), f"the phone does not keep {needed - set(kept)}"


def _list(text: str, folder: str) -> list[str]:
    found = re.search(r"\.\.\.\[([^\]]+)\]\.map\(\(name\) => `/static/" + folder, text)
    assert found, folder
    return re.findall(r'"([a-z_]+)"', found[1])


def test_a_district_officer_is_told_of_every_community_and_others_of_their_own(office):
    officer, here, there = office.desk("district"), office.desk("operator"), office.desk("operator", THERE)
    say(office.database, "alarm", alarm_message(1))
    (alarm,) = officer.get("/api/open")["alarms"]
    assert (alarm["alarm_id"], alarm["community_id"]) == (1, HERE)
    assert [one["alarm_id"] for one in here.get("/api/open")["alarms"]] == [1]
    assert there.get("/api/open")["alarms"] == []


def test_scripts_go_packed_over_the_wire_and_not_at_all_when_they_are_there_already(office):
    nobody, address = office.nobody(), "/static/words.json"
    plain = nobody.ask("GET", address, headers={"Accept-Encoding": "identity"})
    small = nobody.ask("GET", address, headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert small.content == plain.content == (STATIC / "words.json").read_bytes()
    assert int(small.headers["content-length"]) * 2 < int(plain.headers["content-length"])
    for answer in (plain, small):
        assert answer.headers["vary"] == "Accept-Encoding" and answer.headers["cache-control"] == "no-cache"
    assert small.headers["etag"] != plain.headers["etag"], "other bytes under one name would be mixed up by a cache"
    for answer, encoding in ((plain, "identity"), (small, "gzip")):
        asked = {"Accept-Encoding": encoding, "If-None-Match": answer.headers["etag"]}
        again = nobody.ask("GET", address, 304, headers=asked)
        assert again.headers["etag"] == answer.headers["etag"] and not again.content
    nobody.ask("GET", address, 200, headers={"Accept-Encoding": "gzip", "If-None-Match": '"older"'})
    head = nobody.ask("HEAD", address, headers={"Accept-Encoding": "gzip"})
    assert head.headers["content-encoding"] == "gzip" and not head.content


def test_what_a_browser_cannot_unpack_is_not_packed(office):
    for accepted in ("", "br", "gzip;q=0", "identity, gzip; q=0.0"):
        answer = office.nobody().ask("GET", "/static/base/dom.js", headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in answer.headers, accepted
    assert packed.takes_gzip("deflate, GZIP;q=0.5") and not packed.takes_gzip("xgzip")


def test_a_file_that_was_changed_is_packed_anew(tmp_path):
    (tmp_path / "a.js").write_text("// one\n" * 50)
    files = packed.PackedFiles(tmp_path)
    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}

    def body() -> bytes:
        return gzip.decompress(bytes(asyncio.run(files.get_response("a.js", scope)).body))

    assert body().startswith(b"// one")
    (tmp_path / "a.js").write_text("// another\n" * 50)
    assert body().startswith(b"// another")
