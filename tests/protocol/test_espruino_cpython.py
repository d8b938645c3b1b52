"""The Espruino program's batches, made by Node, read by the hub's own reader."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from protocol import motion

SCRIPT = Path(__file__).resolve().parents[2] / "firmware" / "wearables" / "espruino.js"
NO_NODE = "node is not here: the Espruino program is NOT tested. Remedy: sudo apt-get install nodejs"


def under_node(code: str) -> object:
    program = (
        f"const m = require({json.dumps(str(SCRIPT))}); const said = []; {code}; console.log(JSON.stringify(said));"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason=NO_NODE)


def test_the_names_of_the_service_are_the_hubs() -> None:
    found = under_node("said.push(m.SERVICE, m.STREAM, m.CONTROL)")
    assert found == [motion.SERVICE, motion.STREAM, motion.CONTROL]


def test_batches_come_through_in_mg_and_in_order() -> None:
    code = """
        const sender = new m.Sender((bytes) => said.push(Array.from(bytes)));
        sender.take(9, 9, 9);                       // nobody asked yet
        sender.begin(25);
        for (let k = 0; k < 70000; k++) sender.take(k / 70000, -1, k % 2 ? 99 : -99);
    """
    said = under_node(code)
    assert isinstance(said, list) and len(said) == 10000
    batches, seen = motion.Batches(), 0
    for one in said:
        found = batches.read(bytes(one))
        assert found == (25, 0, 0, 7)
        x, y, z = struct.unpack_from("<hhh", bytes(one), motion.HEAD)
        assert abs(x - 1000 * seen / 70000) <= 1 and y == -1000 and z == (32767 if seen % 2 else -32768)
        seen += 7
    assert batches.bad == batches.late == 0


def test_what_cannot_be_sent_is_told_by_the_numbers() -> None:
    code = """
        let count = 0;
        const sender = new m.Sender((bytes) => {
            if (count++ % 3 === 1) throw new Error("busy");
            said.push(Array.from(bytes));
        });
        sender.begin(50);
        for (let k = 0; k < 70; k++) sender.take(0, 0, 1);
        sender.begin(0);
        for (let k = 0; k < 70; k++) sender.take(0, 0, 1);
    """
    said = under_node(code)
    assert isinstance(said, list)
    batches = motion.Batches()
    lost = [found[1] for one in said if (found := batches.read(bytes(one))) is not None]
    assert lost == [0, 7, 0, 7, 0, 7, 0]
