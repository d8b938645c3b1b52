"""The bench's command line: keys that stay out of the repository, packages, labels; each fault one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import segno
from protocol import label as letters

from provisioning import label, sign

ROOT = Path(__file__).resolve().parents[2]
SECRET = bytes(range(16))


def made(hub_id="h-abc"):
    text = {"claim_text": letters.write(SECRET), "label_url": letters.url("https://relay.example", hub_id, SECRET)}
    return {"hub_id": hub_id, "claim": SECRET.hex(), **text}


def command(*arguments):
    done = [sys.executable, "-m", "provisioning", *map(str, arguments)]
    return subprocess.run(done, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


def test_a_private_key_is_never_written_into_the_repository_nor_over_another(tmp_path):
    with pytest.raises(sign.CannotSign, match="in the repository"):
        sign.new_key(ROOT / "fleet.key", None)
    key = sign.new_key(tmp_path / "fleet.key", b"secret")
    assert (tmp_path / "fleet.key").stat().st_mode & 0o077 == 0
    with pytest.raises(sign.CannotSign, match="there already"):
        sign.new_key(tmp_path / "fleet.key", None)
    again = sign.load_key(tmp_path / "fleet.key", b"secret")
    assert sign.modulus(again.public_key()) == sign.modulus(key.public_key())
    for password in (None, b"wrong"):
        with pytest.raises(sign.CannotSign, match="password"):
            sign.load_key(tmp_path / "fleet.key", password)
    packed = sign.sign(b"an image", 3, "0.1.3", "reference", key)
    assert sign.check(packed, sign.load_public(sign.public_path(tmp_path / "fleet.key"))).build == 3
    with pytest.raises(sign.CannotSign, match="cut short"):
        sign.check(packed[:-1], None)


def test_a_label_says_the_same_twice_and_keeps_the_secret_behind_the_hash(tmp_path):
    (tmp_path / "hubs").write_text("\n".join(json.dumps(made(f"h-{n}")) for n in range(16)))
    hubs = label.read(tmp_path / "hubs")
    drawn = label.svg(hubs[0])
    assert hubs[0]["claim_text"][:14] in drawn and hubs[0]["claim_text"][15:] in drawn and "h-0" in drawn
    before, _, after = hubs[0]["label_url"].partition("#")
    assert letters.letters(SECRET) in after and letters.letters(SECRET) not in before
    code = segno.make(hubs[0]["label_url"], error="q", micro=False)
    assert code.error == "Q" and f'viewBox="0 0 {label.WIDTH:g}' in drawn
    sheet = label.pdf(hubs)
    assert sheet.startswith(b"%PDF") and sheet.count(b"/Type /Page\n") == 2, "fourteen a sheet"
    assert label.pdf(hubs) == sheet, "the same hubs make the same sheet"


def test_a_sheet_of_something_else_is_refused_by_its_line(tmp_path):
    for text, words in (
        ("", "has no hub in it"),
        ("{}", "line 1 is no hub"),
        (json.dumps(made()) + "\n" + json.dumps(made() | {"claim_text": "AAAA"}), "line 2 is no hub"),
        (json.dumps(made() | {"label_url": "https://relay.example/install?secret=1"}), "line 1 is no hub"),
    ):
        (tmp_path / "hubs").write_text(text)
        with pytest.raises(label.CannotPrint, match=words):
            label.read(tmp_path / "hubs")


def test_each_fault_of_the_command_is_one_sentence(tmp_path):
    (tmp_path / "x").write_text("no package")
    for arguments in (
        ("label", tmp_path / "nothing", tmp_path / "out.pdf"),
        ("sign", "--build", "1", "--key", tmp_path / "nothing", tmp_path / "out"),
        ("image", "--package", tmp_path / "x", "--micropython", tmp_path / "x", tmp_path / "out"),
        ("flash", "--port", "/dev/nobody", tmp_path),
    ):
        done = command(*arguments)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr, done.stderr
        assert done.stderr.startswith("provisioning: ")
