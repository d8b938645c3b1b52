"""The voice of the real firmware on the simulated board: the right sound comes out, and it holds nothing up."""

import array
import asyncio
import base64
import pathlib
import sys
import time

from simulator.home import Home
from simulator.page import sounds

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "firmware" / "tools"))

import make_voices  # noqa: E402
from device.voice import adpcm, clips  # noqa: E402


def clip_samples(name: str) -> array.array:
    out = array.array("h")
    with (make_voices.VOICES / name).open("rb") as file:
        _, size, _ = clips.read_head(file)
        block_out = array.array("h", bytes(2 * adpcm.samples_of(size)))
        while block := file.read(size):
            out += block_out[: adpcm.decode(block, len(block), block_out)]
    return out


def home_of(folder: pathlib.Path, **more) -> Home:
    """A home without a relay: nobody listens at its broker's port."""
    return Home(folder, "hub-0001", "127.0.0.1", 9, "not-a-secret", **more)


def run(story, home: Home) -> None:
    async def whole():
        await home.start()
        try:
            await story(home)
        finally:
            await home.stop()

    asyncio.run(whole())


async def heard(home: Home, prompt: str, count: int = 1, wait_s: float = 20):
    """The sentence of this prompt once it is over."""
    end_s = time.monotonic() + wait_s
    while True:
        found = home.loudspeaker.said(prompt)
        if len(found) >= count:
            size = len(found[count - 1].samples)
            await asyncio.sleep(0.4)
            if size and (len(found[count - 1].samples) == size or found[count - 1].is_cut):
                return found[count - 1]
        assert time.monotonic() < end_s, (prompt, [one.prompt for one in home.loudspeaker.sentences])
        await asyncio.sleep(0.05)


def test_the_right_sound_comes_out_for_a_press(tmp_path):
    async def story(home):
        home.press()
        sentence = await heard(home, "heard")
        assert sentence.clips == ["zh/heard.wav"] and sentence.rate == 8000
        assert array.array("h", bytes(sentence.samples)) == clip_samples("zh/heard.wav")
        siren = home.find("siren", lambda d: d["on"])
        assert siren[0] < sentence.began_s  # the siren never waits for the voice

    run(story, home_of(tmp_path / "home"))


def test_a_press_cuts_a_technical_sentence_off_at_once_and_it_is_said_later(tmp_path):
    async def story(home):
        home.mains(False)
        await home.wait_for("speaking", lambda d: d["prompt"] == "mains_lost")
        await asyncio.sleep(0.5)
        began_s = home.press()
        siren = await home.wait_for("siren", lambda d: d["on"])
        assert siren[0] - began_s < 0.2
        await home.wait_for("speaking", lambda d: d["prompt"] == "heard")
        cut = home.loudspeaker.said("mains_lost")[0]
        # Not `is_cut`: a busy machine's loudspeaker may have run dry at that very moment, with nothing left to cut off.
        assert 0 < len(cut.samples) < 2 * len(clip_samples("en/mains_lost.wav"))
        again = await heard(home, "mains_lost", 2, 30)
        wanted = array.array("h", [s >> 3 for s in clip_samples("en/mains_lost.wav")])  # no clock yet: night volume
        assert array.array("h", bytes(again.samples)) == wanted

    run(story, home_of(tmp_path / "home", language="en"))


def test_the_volume_is_the_settings_and_a_voice_of_the_family_goes_first(tmp_path):
    folder = tmp_path / "home"
    family = folder / "voices" / "zh-family"
    family.mkdir(parents=True)
    (family / "heard.wav").write_bytes((make_voices.VOICES / "zh" / "number-5.wav").read_bytes())
    home = home_of(folder)
    home.more_settings = {"voice": {"volume": 3}}

    async def story(home):
        await home.wired_press()
        sentence = await heard(home, "heard")
        assert sentence.clips == ["zh-family/heard.wav"] and sentence.volume == 3
        wanted = array.array("h", [s >> 2 for s in clip_samples("zh/number-5.wav")])
        assert array.array("h", bytes(sentence.samples)) == wanted

    run(story, home)


def test_the_homes_page_is_given_what_the_loudspeaker_plays(tmp_path):
    async def story(home):
        stream = sounds(home)
        first = asyncio.ensure_future(stream.__anext__())
        await asyncio.sleep(0)
        await home.wired_press()
        rate, text = (await asyncio.wait_for(first, 5)).removeprefix("data: ").split(" ")
        assert rate == "8000"
        first_samples = array.array("h", base64.b64decode(text))
        assert first_samples == clip_samples("zh/heard.wav")[: len(first_samples)] and len(first_samples) > 100
        await stream.aclose()
        assert home.loudspeaker.listeners == []

    run(story, home_of(tmp_path / "home"))


def test_without_a_clip_a_tone_is_heard(tmp_path):
    folder = tmp_path / "home"
    family = folder / "voices" / "zh-family"
    family.mkdir(parents=True)
    (family / "heard.wav").write_bytes(b"RIFF is not enough")
    home = home_of(folder)

    async def story(home):
        await home.wired_press()
        sentence = await heard(home, "heard")
        samples = array.array("h", bytes(sentence.samples))
        assert set(samples) == {9000, -9000, 0} and len(samples) > 8000

    run(story, home)
