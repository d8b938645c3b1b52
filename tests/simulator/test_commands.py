"""Claims about demo and smoke as commands: what they say when something is missing, what they leave behind."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from simulator.processes import free_port


def simulator(*arguments: str, timeout_s: float = 90) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator", *arguments], capture_output=True, text=True, timeout=timeout_s
    )


def smoke(*arguments: str) -> tuple[int, dict]:
    done = simulator("smoke", *arguments)
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_smoke_walks_the_whole_road() -> None:
    code, found = smoke()
    assert code == 0 and found["ok"] is True, found
    for link in ("press_to_sound_ms", "press_to_commit_ms", "press_to_screen_ms", "acknowledge_to_home_ms"):
        assert 0 < found[link] < 10_000
    assert found["micropython"].startswith("1.")


@pytest.mark.parametrize(
    ("cut", "link"), [("air", "sound"), ("hub", "sound"), ("internet", "screen"), ("relay", "screen")]
)
def test_the_smoke_fails_and_names_the_link_that_is_cut(cut: str, link: str) -> None:
    code, found = smoke("--cut", cut)
    assert code == 1 and found["ok"] is False and found["failed"].startswith(link), found


def children_of(pid: int) -> list[int]:
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[1]) == pid:
            found += [int(path.parent.name), *children_of(int(path.parent.name))]
    return found


@pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="needs /proc to see what is left running")
def test_the_demo_shows_both_pages_and_ctrl_c_leaves_nothing_running(tmp_path: pathlib.Path) -> None:
    ports = [free_port() for _ in range(3)]
    options = [
        str(part) for pair in zip(("--port", "--broker-port", "--page-port"), ports, strict=True) for part in pair
    ]
    command = [sys.executable, "-m", "simulator", "demo", "--data", str(tmp_path), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        assert demo.stdout is not None
        lines = []
        while "Ctrl-C" not in (line := demo.stdout.readline()):
            assert line, lines
            lines.append(line)
        assert f"127.0.0.1:{ports[0]}" in "".join(lines) and "password" in "".join(lines)
        for port in (ports[0], ports[2]):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
                assert page.status == 200
        family = children_of(demo.pid)
        assert len(family) >= 4  # relay, broker, home, firmware, crowd
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    deadline_s = time.monotonic() + 5
    while any(pathlib.Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    left = [pid for pid in family if pathlib.Path(f"/proc/{pid}").exists()]
    assert left == []


def test_a_port_that_is_taken_is_named_with_the_remedy(tmp_path: pathlib.Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = simulator("demo", "--data", str(tmp_path), "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr and "--port" in done.stderr and "Traceback" not in done.stderr


def test_ctrl_c_while_starting_ends_the_demo(tmp_path: pathlib.Path) -> None:
    ports = [str(free_port()) for _ in range(3)]
    command = [sys.executable, "-m", "simulator", "demo", "--data", str(tmp_path), "--port", ports[0]]
    command += ["--broker-port", ports[1], "--page-port", ports[2]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None and demo.stderr is not None
        assert "Starting" in demo.stdout.readline()
        os.kill(demo.pid, signal.SIGINT)
        assert demo.wait(60) == 0
        assert "Traceback" not in demo.stderr.read()


def test_a_hub_without_its_password_file_is_told_so(tmp_path: pathlib.Path) -> None:
    missing = str(tmp_path / "nothing")
    done = simulator("home", "--dir", str(tmp_path), "--hub-id", "hub-1", "--password-file", missing)
    assert done.returncode == 2 and missing in done.stderr and "Traceback" not in done.stderr
