"""Each sender against the real thing it speaks to, or a server that answers as that does."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from simulator.modem import Modem, Network

from relay.notify.senders import http
from relay.notify.senders.base import Message, NotSent
from relay.notify.senders.chat import ChatSender
from relay.notify.senders.choose import BadSenders, senders
from relay.notify.senders.file import FileSender
from relay.notify.senders.modem import ModemSender

MESSAGE = Message(7, "sms", "13800001234", "【安铃】王秀英按下求助键（03:12），尚无人接警。", "王秀英", "求助", "1号楼")


class Gateway:
    """Answers as told; keeps what it was given."""

    def __init__(self) -> None:
        self.status, self.answer = 200, b'{"id": "g-1"}'
        self.headers: dict[str, str] = {}
        self.given: list[tuple[str, bytes]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.given.append((self.headers["Content-Type"], body))
                self.send_response(gateway.status)
                for name, value in gateway.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(gateway.answer)

            def log_message(self, *given: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    one = Gateway()
    yield one
    one.stop()


def test_a_gateway_gets_json_or_a_form_and_its_number_is_kept(gateway):
    one = http.HttpGateway("http sms", {"url": gateway.url, "reference": "id"})
    assert one.send(MESSAGE) == "g-1"
    assert json.loads(gateway.given[0][1]) == {"to": "13800001234", "text": MESSAGE.body}
    body = {"mobile": "+86{number}", "content": "{text}", "account": "community"}
    http.HttpGateway("http sms", {"url": gateway.url, "form": True, "body": body}).send(MESSAGE)
    form = parse_qs(gateway.given[1][1].decode())
    assert form["mobile"] == ["+8613800001234"] and form["content"] == [MESSAGE.body]


@pytest.mark.parametrize(("status", "is_final"), [(500, False), (503, False), (429, False), (422, True), (404, True)])
def test_what_another_try_can_mend_is_told_apart_from_what_it_cannot(gateway, status, is_final):
    gateway.status = status
    with pytest.raises(NotSent, match=str(status)) as fault:
        http.HttpGateway("http sms", {"url": gateway.url}).send(MESSAGE)
    assert fault.value.is_final == is_final


def test_a_gateway_that_sends_us_elsewhere_is_not_followed(gateway):
    gateway.status, gateway.headers = 302, {"Location": gateway.url}
    with pytest.raises(NotSent):
        http.HttpGateway("http sms", {"url": gateway.url}).send(MESSAGE)
    assert len(gateway.given) == 1


def test_a_gateway_that_is_not_there_is_named_without_its_address():
    with pytest.raises(NotSent) as fault:
        http.HttpGateway("http sms", {"url": "http://127.0.0.1:9/?key=secret"}).send(MESSAGE)
    assert "secret" not in str(fault.value) and not fault.value.is_final


def test_the_signature_is_that_of_the_published_example():
    """Alibaba Cloud's own example of the RPC signature (DescribeRegions, secret "testsecret")."""
    query = {
        "Timestamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
    }
    assert http.aliyun_signature(query, "testsecret", "GET") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    assert http.aliyun_signature(query, "testsecret", "POST") != http.aliyun_signature(query, "testsecret", "GET")


def test_aliyun_gets_the_template_and_its_refusals_are_read(gateway):
    settings = {"url": gateway.url, "key_id": "k", "key_secret": "s", "sign_name": "安铃", "template_code": "SMS_1"}
    gateway.answer = b'{"Code": "OK", "BizId": "900"}'
    assert http.AliyunSms(settings).send(MESSAGE) == "900"
    form = {name: values[0] for name, values in parse_qs(gateway.given[0][1].decode()).items()}
    assert form["PhoneNumbers"] == "13800001234" and json.loads(form["TemplateParam"])["name"] == "王秀英"
    signature = form.pop("Signature")
    assert signature == http.aliyun_signature(form, "s")
    for code, is_final in (("isv.BUSINESS_LIMIT_CONTROL", False), ("isv.MOBILE_NUMBER_ILLEGAL", True)):
        gateway.answer = json.dumps({"Code": code}).encode()
        with pytest.raises(NotSent, match=code) as fault:
            http.AliyunSms(settings).send(MESSAGE)
        assert fault.value.is_final == is_final
    gateway.answer = b"<html>"
    with pytest.raises(NotSent, match="JSON"):
        http.AliyunSms(settings).send(MESSAGE)


@pytest.fixture
def modem() -> Iterator[Modem]:
    """The simulated modem at its pty, in a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    one = Modem(Network())
    asyncio.run_coroutine_threadsafe(one.start(), loop).result(10)
    yield one
    asyncio.run_coroutine_threadsafe(one.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_modem_sends_a_chinese_text_whole(modem):
    reference = ModemSender(modem.path).send(MESSAGE)
    assert modem.network.texts == [("13800001234", MESSAGE.body)] and reference == "modem-1"
    modem.ills.splits = modem.ills.noise = True
    assert ModemSender(modem.path).send(MESSAGE) == "modem-2"


def test_a_modem_that_refuses_or_is_mute_is_told(modem, mocker):
    modem.ills.refuses_text = True
    with pytest.raises(NotSent, match="CMS ERROR: 500"):
        ModemSender(modem.path).send(MESSAGE)
    mocker.patch("relay.notify.senders.modem.ANSWER_S", 0.3)
    modem.ills.is_mute = True
    with pytest.raises(NotSent, match="does not answer"):
        ModemSender(modem.path).send(MESSAGE)
    with pytest.raises(NotSent, match="cannot be opened"):
        ModemSender("/dev/none").send(MESSAGE)


def test_a_modem_that_was_pulled_out_is_told(tmp_path):
    (tmp_path / "line").write_bytes(b"")  # whoever reads it is told of its end, as of a line that is gone
    with pytest.raises(NotSent, match="the modem is gone"):
        ModemSender(str(tmp_path / "line")).send(MESSAGE)


def test_aliyun_sends_each_purpose_by_a_template_of_its_own_or_not_at_all(gateway):
    settings = {"url": gateway.url, "key_id": "k", "key_secret": "s", "sign_name": "安铃", "template_code": "SMS_1"}
    gateway.answer = b'{"Code": "OK", "BizId": "900"}'
    for purpose in ("closed", "own"):
        with pytest.raises(NotSent, match="no template") as fault:
            http.AliyunSms(settings).send(replace(MESSAGE, purpose=purpose))
        assert fault.value.is_final
    settings["templates"] = {"closed": "SMS_2", "own": "SMS_3"}
    http.AliyunSms(settings).send(replace(MESSAGE, purpose="closed"))
    http.AliyunSms(settings).send(replace(MESSAGE, purpose="own", body="请开门"))
    sent = [parse_qs(given.decode()) for _, given in gateway.given]
    assert [one["TemplateCode"] for one in sent] == [["SMS_2"], ["SMS_3"]]
    assert json.loads(sent[1]["TemplateParam"][0]) == {"text": "请开门"}


def test_chat_goes_through_apprise(gateway):
    host = gateway.url.removeprefix("http://")
    assert ChatSender().send(Message(1, "chat", f"json://{host}", MESSAGE.body)) is None
    assert MESSAGE.body in json.loads(gateway.given[0][1])["message"]
    gateway.status = 500
    with pytest.raises(NotSent):
        ChatSender().send(Message(1, "chat", f"json://{host}", MESSAGE.body))
    with pytest.raises(NotSent, match="apprise") as fault:
        ChatSender().send(Message(1, "chat", "no address", MESSAGE.body))
    assert fault.value.is_final


def test_the_file_sender_writes_a_line_that_only_its_owner_reads(tmp_path):
    FileSender(tmp_path / "out").send(MESSAGE)
    assert json.loads((tmp_path / "out").read_text("utf-8"))["body"] == MESSAGE.body
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    with pytest.raises(NotSent):
        FileSender(tmp_path / "none" / "out").send(MESSAGE)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[sms", "cannot be read"),
        ('[pigeon]\nkind = "http"', "pigeon"),
        ('[sms]\nkind = "smoke"', "kind"),
        ('[sms]\nkind = "aliyun"\nkey_id = "k"', "key_secret"),
    ],
)
def test_a_bad_file_of_senders_is_named_with_the_remedy(tmp_path, text, named):
    (tmp_path / "senders.toml").write_text(text)
    with pytest.raises(BadSenders, match=named):
        senders(tmp_path)


def test_each_channel_has_a_sender_and_the_file_is_the_default(tmp_path):
    assert {one.name for one in senders(tmp_path).values()} == {"file"}
    (tmp_path / "senders.toml").write_text(
        '[sms]\nkind = "http"\nurl = "http://127.0.0.1:9"\n[chat]\nkind = "apprise"\n'
    )
    assert {channel: one.name for channel, one in senders(tmp_path).items()} == {
        "sms": "http sms",
        "voice": "file",
        "chat": "apprise",
    }
