"""The clips in the repository: all there, of the words that are said now, small enough, and made by the command."""

import array
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import wave

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "firmware" / "tools"))

import make_voices  # noqa: E402
from device.voice import adpcm, clips  # noqa: E402
from hub.saying import prompts, zh  # noqa: E402

FLASH = 1024 * 1024  # what one language may take


def samples_of(path: pathlib.Path) -> tuple[int, array.array]:
    """(rate, samples) of a clip as the hub decodes it."""
    out = array.array("h")
    with path.open("rb") as file:
        rate, size, _ = clips.read_head(file)
        block_out = array.array("h", bytes(2 * adpcm.samples_of(size)))
        while block := file.read(size):
            out += block_out[: adpcm.decode(block, len(block), block_out)]
    return rate, out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_clip_is_there_and_says_the_words_of_today(language):
    assert make_voices.check(make_voices.VOICES / language) == []
    total = sum(path.stat().st_size for path in (make_voices.VOICES / language).iterdir())
    assert total < FLASH, total


def test_every_clip_has_sound_in_it_from_its_beginning_to_its_end():
    for path in make_voices.VOICES.rglob("*.wav"):
        rate, samples = samples_of(path)
        assert rate == make_voices.RATE and len(samples) > rate // 8, path
        assert 15000 < max(abs(s) for s in samples) <= 32767, path
        for part in (samples[: rate // 5], samples[-rate // 5 :]):
            assert max(abs(s) for s in part) > 300, path


def test_a_changed_sentence_or_file_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "zh"
    folder.mkdir()
    for path in (make_voices.VOICES / "zh").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    assert make_voices.check(folder) == []
    (folder / "heard.wav").write_bytes(b"RIFF")
    (folder / "cleared.wav").unlink()
    monkeypatch.setattr(zh, "TEXT", zh.TEXT.replace("\nsmoke:发现烟雾", "\nsmoke:别的话"))
    assert [fault.split(":")[0] for fault in make_voices.check(folder)] == ["zh/cleared", "zh/heard", "zh/smoke"]


def test_the_command_makes_the_very_bytes_again():
    tool = make_voices.tool_version()
    manifest = json.loads((make_voices.VOICES / "zh" / "manifest.json").read_text("utf-8"))
    made_by = manifest["heard"]["tool"]
    if tool != made_by:
        pytest.skip(f"the clips were made by {made_by}, here is {tool}; {make_voices.REMEDY}")
    for language, clip in (("zh", "number-2-of"), ("zh", "cancelled"), ("en", "number-20")):
        words = prompts.all_clips(language)[clip]
        data = make_voices.wave_file(make_voices.clip_samples(language, words))
        one = json.loads((make_voices.VOICES / language / "manifest.json").read_text("utf-8"))[clip]
        assert hashlib.sha256(data).hexdigest() == one["sha256"], clip


def recording(path: pathlib.Path, rate: int = 44100, channels: int = 2) -> None:
    chance = random.Random(1)
    samples = array.array("h", [0] * rate)
    samples += array.array("h", [chance.randint(-8000, 8000) for _ in range(rate)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def test_a_familys_recordings_are_taken_in_and_heard_first(tmp_path, monkeypatch):
    monkeypatch.setattr(make_voices, "VOICES", tmp_path / "voices")
    source = tmp_path / "recorded"
    source.mkdir()
    recording(source / "heard.wav")
    recording(source / "name-li-min.wav", 16000, 1)
    assert "2 recordings" in make_voices.record(source, "zh-family")
    folder = tmp_path / "voices" / "zh-family"
    assert make_voices.check(folder) == []
    (folder / "names.json").write_text('{"李敏": "name-li-min"}', "utf-8")
    roots = [str(tmp_path / "voices"), str(ROOT / "firmware" / "voices")]
    finder = clips.Finder(clips.folders(roots, "zh", "sichuan"))
    assert [path.rsplit("/", 2)[1:] for path in finder.paths(["heard"])] == [["zh-family", "heard.wav"]]
    found = finder.paths(prompts.clips(prompts.ARRIVED, "zh", "李敏", None))
    assert [path.rsplit("/", 2)[1:] for path in found] == [["zh-family", "name-li-min.wav"], ["zh", "arrived-1.wav"]]
    assert finder.paths(["@王芳"])[0].endswith("zh/somebody.wav")
    assert finder.paths(["no-such-clip"]) == []


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("hello.wav", b"", "no such clip"),
        ("heard.wav", b"RIFF nonsense", "not a WAV file"),
        ("heard.wav", None, "no sound in it"),
    ],
)
def test_a_recording_that_cannot_be_used_is_named_with_the_remedy(tmp_path, name, data, why):
    if data is None:
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(bytes(32000))
    else:
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, str(ROOT / "firmware/tools/make_voices.py"), "--record", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and why in done.stderr and "Traceback" not in done.stderr
    assert not (ROOT / "firmware/voices/zh-family/heard.wav").exists()


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_damaged_clip_is_refused_in_words(tmp_path, at):
    good = (make_voices.VOICES / "zh" / "heard.wav").read_bytes()
    path = tmp_path / "heard.wav"
    path.write_bytes(good[:at] + bytes(b ^ 0xFF for b in good[at : at + 7]) + good[at + 7 : 200])
    with path.open("rb") as file:
        try:
            rate, size, _ = clips.read_head(file)
        except clips.BadClip as fault:
            assert str(fault)
        else:
            assert rate in clips.RATES and adpcm.HEAD < size <= clips.BLOCK_MAX
