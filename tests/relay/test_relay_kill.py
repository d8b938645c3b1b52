"""kill -9 at every place between press and receipt: the alarm is there exactly once."""

import os
import threading
import time

import pytest
from protocol import messages, topics
from relay_parts import EPOCH, Home, Relay, fresh_copy, until


def only_alarm(person):
    alarms = person.alarms()
    assert len(alarms) == 1, alarms
    assert alarms[0]["activations"] == 1
    return alarms[0]


def test_a_press_during_kill_of_the_relay_alarms_exactly_once(relay, homes, staff):
    home = homes(relay, "hub-0003")
    relay.kill()
    relay.start()  # on the same ports: the old broker has ended with its relay
    home.wait_connected()
    home.press(1)
    home.next("receipt")
    relay.kill()
    relay.start()
    home.wait_connected()
    home.press(1)  # as the hub's outbox does when it is not sure
    assert home.next("receipt")["seq"] == 1
    assert only_alarm(staff(relay))["hub_id"] == "hub-0003"


def test_presses_pouring_in_while_the_relay_is_killed_are_each_there_once(relay, homes, staff):
    home = homes(relay, "hub-0004")
    receipted: set[int] = set()
    is_over = threading.Event()

    def send_until_receipted() -> None:  # the hub's outbox: again until the receipt
        while not is_over.is_set() and len(receipted) < 40:
            for seq in range(1, 41):
                if seq not in receipted and home.connected.is_set():
                    home.press(seq)
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                while not home.down.empty():
                    word, message = home.down.get()
                    if word == "receipt":
                        receipted.add(message["seq"])
                time.sleep(0.01)

    sender = threading.Thread(target=send_until_receipted)
    sender.start()
    try:
        until(lambda: receipted, "the first receipt")
        for _ in range(2):
            relay.kill()
            relay.start()
        until(lambda: len(receipted) == 40, "all receipts", 60)
    finally:
        is_over.set()
        sender.join()
    person = staff(relay)
    alarms = person.alarms()
    assert len(alarms) == 40 and all(alarm["activations"] == 1 for alarm in alarms)


def test_the_broker_comes_back_after_kill_and_the_press_alarms_exactly_once(relay, homes, staff):
    home, person = homes(relay, "hub-0005"), staff(relay)
    old = relay.kill_broker()
    home.press(1)  # paho keeps it and sends it when the broker is back
    until(lambda: relay.running()["broker_pid"] not in (None, old), "a new broker process")
    home.wait_connected()
    assert home.next("receipt")["seq"] == 1
    alarm = only_alarm(person)
    person.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
    assert home.next("alarm")["step"] == "acknowledged"


def test_the_broker_ends_with_a_killed_relay(relay):
    pid = relay.running()["broker_pid"]
    relay.kill()

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().split()[2] == "Z"

    until(is_gone, "the end of the broker")
    relay.start()


def test_a_step_ordered_before_kill_reaches_the_home_after_restart(relay, homes, staff):
    home, person = homes(relay, "hub-0006"), staff(relay)
    home.press(1)
    home.next("receipt")
    home.stop()  # the home is off the line when the step is ordered
    alarm = only_alarm(person)
    person.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
    relay.kill()
    relay.start()
    again = homes(relay, "hub-0006")
    again.beat([[1, "received"]], word=topics.HELLO)
    assert again.next("alarm")["step"] == "acknowledged"
    again.say(topics.TOLD, messages.told(EPOCH, 1, "acknowledged"))
    until(lambda: staff(relay).alarms()[0]["told_step"] == "acknowledged", "the home confirmed")


@pytest.fixture
def mosquitto(tmp_path):
    """Debian's broker with a user per hub and the pattern ACL of facts.md."""
    import shutil
    import socket
    import subprocess

    if shutil.which("mosquitto") is None:
        pytest.skip("mosquitto is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "acl").write_text(
        "user relay\ntopic read anling/1/+/up/#\ntopic write anling/1/+/down/#\n"
        "pattern write anling/1/%u/up/#\npattern read anling/1/%u/down/#\n"
    )
    (folder / "passwords").touch(mode=0o644)
    for name, password in (("relay", "relay-secret"), ("hub-0001", "hub-secret")):
        subprocess.run(["mosquitto_passwd", "-b", str(folder / "passwords"), name, password], check=True)
    (folder / "passwords").chmod(0o644)
    (folder / "conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/passwords\n"
        f"acl_file {folder}/acl\nmax_queued_messages 0\nmax_inflight_messages 1000\n"
        f"persistence true\npersistence_location {folder}/\nautosave_on_changes true\nautosave_interval 1\n"
        f"user {__import__('getpass').getuser()}\n"
    )
    process = subprocess.Popen(["mosquitto", "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, "mosquitto listens")
    yield port
    process.terminate()
    process.wait()


def test_behind_mosquitto_a_press_during_the_relays_absence_alarms_once(mosquitto, sample_folder, tmp_path, staff):
    data = tmp_path / "data"
    data.mkdir()
    relay = Relay(data, fresh_copy(sample_folder, data), f"mqtt://relay:relay-secret@127.0.0.1:{mosquitto}")
    relay.start()
    home = Home(mosquitto, "hub-0001", "hub-secret").wait_connected()
    try:
        relay.kill()
        home.press(1).wait_for_publish(10)  # the broker has it, the relay is not there
        relay.start()
        assert home.next("receipt")["seq"] == 1  # without the home sending again
        home.press(1)
        assert home.next("receipt")["seq"] == 1
        assert only_alarm(staff(relay))["hub_id"] == "hub-0001"
    finally:
        home.stop()
        relay.stop()
