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


def test_relay_capabilities_import_rules_and_stores_only() -> None:
    order = ["people", "hubs", "alarms", "supervision", "intake", "console"]
    for at, capability in enumerate(order):
        folder = FOLDERS["relay"] / capability
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.ImportFrom) or node.level or not (node.module or "").startswith("relay."):
                    continue
                parts = (node.module or "").split(".")
                if parts[1] in order and parts[1] != capability:
                    assert order.index(parts[1]) < at, f"{path.relative_to(ROOT)} imports {node.module}"


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


def test_no_file_is_over_four_hundred_lines() -> None:
    for room in FOLDERS:
        for path in files_of(room):
            lines = len(path.read_text("utf-8").splitlines())
            assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines"
