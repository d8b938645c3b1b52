"""Who may import whom. The arrows are the design; this test is their only enforcement, so it reads every file."""

import ast
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = {
    "protocol": ROOT / "firmware" / "protocol",
    "hub": ROOT / "firmware" / "hub",
    "device": ROOT / "firmware" / "device",
    "simulator": ROOT / "hardware" / "simulator",
    "make": ROOT / "hardware" / "make",
    "relay": ROOT / "relay",
    "provisioning": ROOT / "provisioning",
}
ARROWS = {
    "protocol": set(),
    "hub": {"protocol"},
    "device": {"hub", "protocol"},
    "simulator": {"protocol"},
    "make": set(),
    "relay": {"protocol"},
    "provisioning": {"protocol"},
}
# What a pure room may use besides ours: nothing that waits, reads a clock, or touches the machine.
PURE = {
    "protocol": {"binascii", "json", "struct"},
    "hub": {"array", "json", "collections"},
}
TOP_LEVEL = {"firmware", "relay", "hardware", "provisioning", "tests", "README.md"}
ALSO_ALLOWED = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "GLOSSARY.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "requirements-test.lock",
}


def imports_of(path: pathlib.Path) -> set[str]:
    """The first words of all absolute imports of a file, those inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found


def files_of(room: str) -> list[pathlib.Path]:
    files = sorted(FOLDERS[room].rglob("*.py"))
    assert files, room
    return files


def test_every_arrow_points_downwards() -> None:
    for room in FOLDERS:
        for path in files_of(room):
            ours = imports_of(path) & set(FOLDERS) - {room}
            assert ours <= ARROWS[room], f"{path.relative_to(ROOT)} imports {ours - ARROWS[room]}"


def test_nobody_imports_tests() -> None:
    for room in FOLDERS:
        for path in files_of(room):
            assert "tests" not in imports_of(path) and "conftest" not in imports_of(path), path


def test_protocol_and_hub_are_pure() -> None:
    for room, allowed in PURE.items():
        for path in files_of(room):
            foreign = imports_of(path) - allowed - set(FOLDERS)
            assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_firmware_does_not_use_what_micropython_lacks() -> None:
    missing = {"typing", "enum", "dataclasses", "abc", "functools", "contextlib", "unittest", "__future__", "logging"}
    for room in ("protocol", "hub", "device"):
        for path in files_of(room):
            assert not imports_of(path) & missing, path
            assert "print(" not in path.read_text("utf-8") or room == "device", path


def test_a_folder_of_hub_or_device_has_at_most_twelve_files() -> None:
    for room in ("hub", "device"):
        for folder in {path.parent for path in files_of(room)}:
            files = sorted(folder.glob("*.py"))
            assert len(files) <= 12, f"{folder.relative_to(ROOT)} has {len(files)} files"


# The rooms of the relay, each after those that it may import; a new one must be given its place here.
ROOMS = (
    "engines", "access", "people", "hubs", "alarms", "broker", "supervision", "lines", "notify", "escalation",
    "card", "history", "walks", "updates", "intake", "numbers", "upkeep", "oidc",
    "staff", "claims", "fleet", "district", "board",
    "duty", "family", "responder", "homes", "exchange", "hotline", "webhooks", "console", "deploy", "sample",
)  # fmt: skip
SHARED = {"rules", "store", "shapes", "views"}  # what a room shows to others
ALSO_SHARED = {
    ("access", "tries"),  # how often something was tried: sign-in, links, one's own password
    ("access", "gateways"),  # who may bring short messages, and reports of them
    ("people", "datum"),  # WGS-84 and GCJ-02
    ("people", "sample_places"),  # where the sample's homes are drawn
    ("notify", "senders"),  # the one way out by HTTP: no redirects, no secrets in errors
}
ABOVE = {"app", "serve", "setup", "setup_fleet", "commands", "openapi"}  # put the rooms together: no room knows them


def relay_imports(path: pathlib.Path) -> list[list[str]]:
    """What a file of the relay imports of the relay, relative or absolute, as parts of the name after `relay`."""
    here = list(path.relative_to(FOLDERS["relay"]).parts[:-1])
    found: list[list[str]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name.split(".")[1:] for alias in node.names if alias.name.startswith("relay.")]
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            if node.level:
                module = here[: len(here) - node.level + 1] + module
            elif module[:1] != ["relay"]:
                continue
            else:
                module = module[1:]
            found += [[*module, alias.name] for alias in node.names]
    return found


def test_every_room_of_the_relay_has_its_place() -> None:
    rooms = {path.parent.name for path in FOLDERS["relay"].glob("*/__init__.py")}
    assert rooms <= set(ROOMS), f"give {rooms - set(ROOMS)} a place in ROOMS"
    assert len(ROOMS) == len(set(ROOMS))


def test_relay_rooms_import_rules_and_stores_of_earlier_rooms_only() -> None:
    seen = 0
    for at, room in enumerate(ROOMS):
        for path in sorted((FOLDERS["relay"] / room).rglob("*.py")):
            for parts in relay_imports(path):
                assert parts[0] not in ABOVE, f"{path.relative_to(ROOT)} imports {parts[0]}"
                if parts[0] not in ROOMS or parts[0] == room:
                    continue
                name = ".".join(parts)
                assert ROOMS.index(parts[0]) < at, f"{path.relative_to(ROOT)} imports {name}, a later room"
                is_shared = parts[1] in SHARED or (parts[0], parts[1]) in ALSO_SHARED
                assert is_shared, f"{path.relative_to(ROOT)} imports {name}: rules and stores only"
                seen += 1
    assert seen > 100  # relative imports are seen at all


def test_the_ground_of_the_relay_knows_no_room() -> None:
    for name in ("clock", "database", "events", "ledger", "loop", "services", "shapes"):
        rooms = {parts[0] for parts in relay_imports(FOLDERS["relay"] / f"{name}.py")} & set(ROOMS)
        assert rooms <= {"engines"}, f"relay/{name}.py imports {rooms}"


def test_the_ban_on_the_word_holds() -> None:
    """Four things answer to it; none is called by it. Names in other people's interfaces are excepted."""
    excepted = ("manual_ack", "client.ack(", "/ack", ".ack(")
    for room in FOLDERS:
        for path in files_of(room):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                words = line.replace("_", " ").replace(".", " ").replace("(", " ").lower().split()
                if "ack" in words and not any(e in line for e in excepted):
                    raise AssertionError(f"{path.relative_to(ROOT)}:{number} says it: {line.strip()}")


def test_the_top_level_is_the_agreed_one() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    top = {line.split("/")[0] for line in listed if line}
    assert top >= TOP_LEVEL, TOP_LEVEL - top
    assert top <= TOP_LEVEL | ALSO_ALLOWED, top - TOP_LEVEL - ALSO_ALLOWED


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest imports them by that name: two of them cannot be collected together."""
    names = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert sorted(set(names)) == names


def test_no_file_is_over_four_hundred_lines() -> None:
    for room in FOLDERS:
        for path in files_of(room):
            lines = len(path.read_text("utf-8").splitlines())
            assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines"
