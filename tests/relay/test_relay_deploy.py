"""The kit for a relay in service: mosquitto with the files that the registry makes, a hub by its key, nginx's check."""

import configparser
import json
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from protocol import messages, topics
from relay_parts import EPOCH, Relay, fresh_copy, relay_command, until

from relay.deploy import broker_files

KIT = Path(broker_files.__file__).parent
pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None or shutil.which("openssl") is None,
    reason="mosquitto or openssl is not installed. Remedy: sudo apt-get install mosquitto openssl",
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def text(value):
    return len(value).to_bytes(2, "big") + value.encode()


def packet(kind, body):
    assert len(body) < 1 << 14
    size = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 128, len(body) // 128])
    return bytes([kind]) + size + body


class Hub:
    """A hub's line by TLS with its key: OpenSSL carries raw MQTT."""

    def __init__(self, port, hub_id, psk_hex, client_id=None):
        command = ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}", "-psk", psk_hex]
        command += ["-psk_identity", hub_id, "-tls1_2", "-cipher", "PSK-AES128-GCM-SHA256"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self.send(packet(0x10, text("MQTT") + bytes([4, 2, 0, 60]) + text(client_id or hub_id)))

    def send(self, data):
        with suppress(BrokenPipeError):
            self.process.stdin.write(data)

    def read(self):
        """One packet: (first byte, body); (0, b"") when the line is closed."""
        head = self.process.stdout.read(2)
        if len(head) < 2:
            return 0, b""
        size = head[1]
        if size & 128:
            size = size % 128 + 128 * self.process.stdout.read(1)[0]
        body = b""
        while len(body) < size:
            body += self.process.stdout.read(size - len(body))
        return head[0], body

    def is_cut(self, within_s=10.0):
        """Does the broker end the line? What comes before that is thrown away."""
        end = time.monotonic() + within_s
        while select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
            if not self.process.stdout.read(1):
                return True
        return False

    def say(self, topic, payload):
        self.send(packet(0x32, text(topic) + b"\x00\x07" + payload))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Kit:
    def __init__(self, data, folder):
        self.data, self.folder = data, folder
        self.port, self.relay_port = free_port(), free_port()
        self.write()
        conf = (folder / "mosquitto.conf").read_text()
        (folder / "test.conf").write_text(f"user root\n{conf}")  # the tests' folder is root's
        self.process = subprocess.Popen(
            ["mosquitto", "-c", str(folder / "test.conf")], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        until(self._answers, "mosquitto listens")

    @property
    def arguments(self):
        return (
            "broker-files", "--to", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port),
            "--relay-port", str(self.relay_port), "--state", str(self.folder), "--pid-file", str(self.folder / "pid"),
        )  # fmt: skip

    def write(self):
        made = relay_command(*self.arguments, data=self.data)
        assert made.returncode == 0, made.stderr
        return made.stdout

    def _answers(self):
        assert self.process.poll() is None, self.process.stderr.read().decode()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.relay_port)) == 0

    @property
    def relay_url(self):
        return (self.folder / "relay-url").read_text().strip().removeprefix("ANLING_BROKER=")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def kit(sample_folder, tmp_path_factory):
    data, folder = tmp_path_factory.mktemp("kit-data"), tmp_path_factory.mktemp("kit")
    sample = fresh_copy(sample_folder, data)
    one = Kit(data, folder)
    relay = Relay(data, sample, one.relay_url)
    relay.start()
    yield one, relay
    relay.stop()
    one.stop()


@pytest.fixture
def hub():
    made = []

    def make(kit, hub_id, psk_hex, client_id=None):
        made.append(Hub(kit.port, hub_id, psk_hex, client_id))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def key_of(relay, hub_id):
    return next(one["psk_hex"] for one in relay.sample["hubs"] if one["hub_id"] == hub_id)


def press(seq=1):
    return messages.encode(messages.alarm(EPOCH, seq, seq, "help", "raised", None, "press", 40, None))


def test_a_press_goes_the_whole_way_by_the_hubs_own_key(kit, hub, staff):
    broker, relay = kit
    one = hub(broker, "hub-0001", key_of(relay, "hub-0001"))
    assert one.read() == (0x20, b"\x00\x00")
    one.send(packet(0x82, b"\x00\x01" + text(topics.all_down("hub-0001")) + b"\x01"))
    assert one.read()[0] == 0x90
    one.say(topics.up("hub-0001", topics.ALARM), press())
    kinds = {one.read()[0] & 0xF0 for _ in range(2)}
    assert kinds == {0x30, 0x40}  # the broker's puback, and the relay's receipt behind its commit
    assert [alarm["hub_id"] for alarm in staff(relay).alarms()] == ["hub-0001"]


def test_a_wrong_key_and_an_unknown_hub_are_not_let_in(kit, hub):
    broker, relay = kit
    assert hub(broker, "hub-0002", "00" * 32).read() == (0, b"")
    assert hub(broker, "hub-none", key_of(relay, "hub-0002")).read() == (0, b"")


def test_a_hub_cannot_speak_for_another_nor_take_its_session(kit, hub, staff):
    broker, relay = kit
    one = hub(broker, "hub-0003", key_of(relay, "hub-0003"))
    assert one.read()[0] == 0x20
    other = hub(broker, "hub-0004", key_of(relay, "hub-0004"), client_id="hub-0003")
    assert other.read()[0] == 0x20
    other.say(topics.up("hub-0003", topics.ALARM), press(9))
    one.say(topics.up("hub-0003", topics.ALARM), press(1))  # it still has its line
    assert one.read() == (0x40, b"\x00\x07")
    alarms = until(lambda: [a for a in staff(relay).alarms() if a["hub_id"] == "hub-0003"], "the alarm")
    assert len(alarms) == 1 and alarms[0]["activations"] == 1


def test_a_new_hub_may_speak_after_a_reload_and_no_line_is_cut(kit, hub):
    broker, relay = kit
    one = hub(broker, "hub-0005", key_of(relay, "hub-0005"))
    assert one.read()[0] == 0x20
    added = relay_command(
        "hub-add", "--hub", "hub-new", "--dwelling", "d-new", "--community", "c-qinghe", "--label", "9-901",
        "--address", "Road 9", data=broker.data,
    )  # fmt: skip
    psk_hex = json.loads(added.stdout)["psk_hex"]
    assert hub(broker, "hub-new", psk_hex).read() == (0, b"")
    before = (broker.folder / "relay-url").read_text()
    assert "13 hubs" in broker.write()
    deadline = time.monotonic() + 10
    while hub(broker, "hub-new", psk_hex).read()[0] != 0x20:
        assert time.monotonic() < deadline, "the new hub is not let in"
    one.say(topics.up("hub-0005", topics.ALARM), press())
    assert one.read() == (0x40, b"\x00\x07")
    assert (broker.folder / "relay-url").read_text() == before


@pytest.fixture
def watched(kit):
    """`broker-files --watch` beside mosquitto and relay."""
    broker, _ = kit
    command = [sys.executable, "-m", "relay", *broker.arguments, "--watch", "--data", str(broker.data)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        yield kit
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10)[1] == ""


def test_a_hub_that_is_put_out_loses_its_line_at_once_and_does_not_come_back(watched, hub, staff):
    broker, relay = watched
    stolen, other = (hub(broker, name, key_of(relay, name)) for name in ("hub-0006", "hub-0007"))
    for one in (stolen, other):
        assert one.read()[0] == 0x20
    person = staff(relay, "supervisor")
    person.post("/api/hubs/hub-0006/revoke", {"reason": "stolen"})
    assert stolen.is_cut()
    assert hub(broker, "hub-0006", key_of(relay, "hub-0006")).read() == (0, b"")
    assert "hub-0006" not in (broker.folder / "hubs.psk").read_text()
    other.say(topics.up("hub-0007", topics.ALARM), press())
    assert other.read() == (0x40, b"\x00\x07")  # nobody else's line was cut
    # Its dwelling gets another one, and that one may speak without anybody doing anything more.
    home = next(one["dwelling_id"] for one in relay.sample["hubs"] if one["hub_id"] == "hub-0006")
    added = relay_command("hub-add", "--hub", "hub-next", "--dwelling", home, data=broker.data)
    psk_hex = json.loads(added.stdout)["psk_hex"]
    deadline = time.monotonic() + 10
    while (one := hub(broker, "hub-next", psk_hex)).read()[0] != 0x20:
        assert time.monotonic() < deadline, "the new hub is not let in"
    one.say(topics.up("hub-next", topics.ALARM), press())
    shown = until(lambda: [a for a in person.alarms() if a["hub_id"] == "hub-next"], "the press of the new hub")
    assert shown[0]["dwelling_id"] == home and shown[0]["resident_name"]


def test_a_hub_that_was_put_out_while_nobody_watched_is_cut_when_somebody_does(kit, hub, request):
    broker, relay = kit
    stolen = hub(broker, "hub-0008", key_of(relay, "hub-0008"))
    assert stolen.read()[0] == 0x20
    gone = relay_command("hub-revoke", "--hub", "hub-0008", "--reason", "lost", data=broker.data)
    assert gone.returncode == 0
    request.getfixturevalue("watched")
    assert stolen.is_cut()


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing. Remedy: apt-get install systemd"
)
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    names = [*KIT.glob("*.service"), *KIT.glob("*.timer")]
    for path in names:  # the program and its folder as they are on this machine
        text = path.read_text().replace("/opt/anling/bin/anling-relay", sys.executable)
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in names)],
        capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "anling" in line]
    assert done.returncode == 0 and not ours, done.stderr


def test_secrets_are_for_their_owner_only(kit):
    broker, _ = kit
    for name in ("relay-url", "hubs.psk", "passwords"):
        assert (broker.folder / name).stat().st_mode & 0o007 == 0, name


def test_units_name_what_is_there():
    for unit in KIT.glob("*.service"):
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment]
        parser.read_string(unit.read_text())
        command = parser["Service"]["ExecStart"].split()
        assert command[0] == "/opt/anling/bin/anling-relay"
        from relay.__main__ import parser as commands

        commands().parse_args(command[1:])
    assert {path.stem for path in KIT.glob("*.timer")} <= {path.stem for path in KIT.glob("*.service")}


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed. Remedy: apt-get install nginx-light")
def test_nginx_takes_the_configuration(tmp_path):
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=anling.example",
         "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True,
    )  # fmt: skip
    server = (KIT / "nginx.conf").read_text().replace("/etc/ssl/anling", str(tmp_path))
    server = server.replace("listen 80;", "listen 18080;").replace("listen 443 ssl;", "listen 18443 ssl;")
    server = "\n".join(line for line in server.splitlines() if "[::]" not in line)
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{server}\n}}\n")
    done = subprocess.run(["nginx", "-t", "-c", str(conf), "-p", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
