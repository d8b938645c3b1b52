"""Claims about the romfs images: whole, reproducible, and their faults are said."""

import subprocess
import sys
from pathlib import Path

import pytest
from simulator import images

TOOL = Path(images.TOOL)


def test_the_same_firmware_makes_the_same_image(tmp_path):
    first = images.build(tmp_path / "a")
    second = images.build(tmp_path / "b")
    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in second]
    assert first[0].read_bytes()[:3] == b"\xd2\xcd\x31"  # the magic of romfs


def test_a_firmware_that_does_not_compile_is_refused_by_name(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "ill.py").write_text("def oops(:\n", "utf-8")
    with pytest.raises(RuntimeError, match=r"ill\.py|syntax"):
        images._tool().build_tree(tmp_path / "ill.romfs", tree)


def test_the_command_says_what_it_needs():
    done = subprocess.run([sys.executable, str(TOOL)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "say where" in done.stderr
