"""Make the spoken prompts: words of hub/saying/prompts.py → espeak-ng → 8 kHz IMA ADPCM → firmware/voices/<language>/.

    python firmware/tools/make_voices.py              make what has changed; needs espeak-ng
    python firmware/tools/make_voices.py --check      are all clips there, and of the words that are said now?
    python firmware/tools/make_voices.py --record FOLDER --as zh-family    take in recordings: WAV, 16 bit

The clips are in the repository: a machine without a speech tool, CI among them, builds the same image. The manifest in
each folder says for each clip its words, voice, tool, length and SHA-256. Exit 1 names each clip that is not right.
"""

import argparse
import array
import hashlib
import json
import math
import pathlib
import re
import struct
import subprocess
import sys
import wave

FIRMWARE = pathlib.Path(__file__).resolve().parent.parent
VOICES = FIRMWARE / "voices"
sys.path.insert(0, str(FIRMWARE))

from device.voice import adpcm, clips  # noqa: E402
from hub.saying import prompts  # noqa: E402

RATE = 8000
BLOCK = 128  # bytes: 249 samples, 31 ms; what the hub decodes without a pause
PEAK = 28000
SILENCE = 300  # softer than this at either end is cut away
LEAD_MS = 20
# language: espeak-ng's voice, words a minute (slow: old ears)
SPEAKERS = {"zh": ("cmn", 170), "en": ("en-gb", 140)}
REMEDY = "run: apt-get install espeak-ng"


class CannotMake(Exception):
    """One sentence with the remedy."""


def tool_version() -> str | None:
    """What `espeak-ng --version` calls itself, or None when it is not installed."""
    try:
        done = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout)
    return f"espeak-ng {found.group()}" if found else None


def speak(language: str, words: str) -> tuple[int, array.array]:
    """(rate, samples) of these words by the speech tool."""
    voice, speed = SPEAKERS[language]
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", words]
    try:
        data = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as fault:
        raise CannotMake(f"espeak-ng does not speak {language}: {fault}; {REMEDY}") from None
    rate = struct.unpack_from("<I", data, 24)[0]
    body = data[44:]
    return rate, array.array("h", body[: len(body) & ~1])


def resample(samples: array.array, rate: int) -> list[float]:
    """To RATE by a windowed sinc: nothing above half of it remains."""
    if rate == RATE:
        return [float(s) for s in samples]
    ratio = rate / RATE
    half = max(1, int(12 * max(ratio, 1)))
    cut = 0.94 / max(ratio, 1)
    tables: dict[int, list[float]] = {}
    out: list[float] = []
    last = len(samples)
    for n in range(int(last / ratio)):
        middle, phase = divmod(n * rate, RATE)
        taps = tables.get(phase)
        if taps is None:
            taps = tables[phase] = _taps(half, cut, phase / RATE)
        low = middle - half + 1
        if low >= 0 and low + len(taps) <= last:
            out.append(sum(map(float.__mul__, taps, map(float, samples[low : low + len(taps)]))))
        else:
            out.append(sum(t * samples[low + i] for i, t in enumerate(taps) if 0 <= low + i < last))
    return out


def _taps(half: int, cut: float, offset: float) -> list[float]:
    found: list[float] = []
    for i in range(-half + 1, half + 1):
        x = i - offset
        sinc = cut if abs(x) < 1e-9 else math.sin(math.pi * cut * x) / (math.pi * x)
        found.append(sinc * (0.5 + 0.5 * math.cos(math.pi * x / half)) if abs(x) < half else 0.0)
    total = sum(found)
    return [f / total for f in found]


def trim(samples: list[float]) -> list[int]:
    """Cut silence from both ends, bring the loudest sample to PEAK."""
    peak = max((abs(s) for s in samples), default=0)
    if peak < SILENCE:
        raise CannotMake("a recording has no sound in it; record it anew")
    loud = [i for i, s in enumerate(samples) if abs(s) * PEAK / peak >= SILENCE]
    lead = RATE * LEAD_MS // 1000
    kept = samples[max(0, loud[0] - lead) : loud[-1] + lead]
    return [round(s * PEAK / peak) for s in kept]


def encode(samples: list[int]) -> bytes:
    """IMA ADPCM blocks: each code is the one that comes nearest; the hub's own tables say what it will hear."""
    out = bytearray()
    state = 0
    per_block = adpcm.samples_of(BLOCK)
    for start in range(0, len(samples), per_block):
        block = samples[start : start + per_block]
        block += [block[-1]] * (per_block - len(block))
        value = block[0]
        out += struct.pack("<hBB", value, state // 8, 0)
        codes: list[int] = []
        for wanted in block[1:]:
            sign = 8 if wanted < value else 0
            gap = abs(wanted - value)
            step = adpcm.STEPS[state // 8]
            size = min(7, gap * 4 // step)
            moved = adpcm.ADDS[state + size]
            value = max(-32768, value - moved) if sign else min(32767, value + moved)
            state = adpcm.NEXTS[state + size]
            codes.append(sign | size)
        out += bytes(codes[i] | codes[i + 1] << 4 for i in range(0, len(codes), 2))
    return bytes(out)


def wave_file(samples: list[int]) -> bytes:
    """A WAVE file, form 0x0011, that any player plays."""
    data = encode(samples)
    per_block = adpcm.samples_of(BLOCK)
    form = struct.pack("<HHIIHHHH", clips.FORM_IMA_ADPCM, 1, RATE, RATE * BLOCK // per_block, BLOCK, 4, 2, per_block)
    fact = struct.pack("<I", len(data) // BLOCK * per_block)
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(part)) + part for name, part in ((b"fmt ", form), (b"fact", fact), (b"data", data))
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def entry(words: str | None, voice: str, tool: str, data: bytes, samples: int) -> dict[str, object]:
    digest = hashlib.sha256(data).hexdigest()
    return {
        "words": words,
        "voice": voice,
        "tool": tool,
        "ms": samples * 1000 // RATE,
        "bytes": len(data),
        "sha256": digest,
    }


def read_manifest(folder: pathlib.Path) -> dict[str, dict[str, object]]:
    path = folder / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def write_manifest(folder: pathlib.Path, manifest: dict[str, dict[str, object]]) -> None:
    lines = [
        f"{json.dumps(clip)}: {json.dumps(manifest[clip], ensure_ascii=False, sort_keys=True)}"
        for clip in sorted(manifest)
    ]
    (folder / "manifest.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def make(language: str) -> str:
    """Bring a language's folder up to date; what was done, in a sentence."""
    tool = tool_version()
    if tool is None:
        raise CannotMake(f"espeak-ng is not installed; {REMEDY}")
    folder = VOICES / language
    folder.mkdir(parents=True, exist_ok=True)
    wanted = prompts.all_clips(language)
    old, new = read_manifest(folder), {}
    voice = "{} {}".format(*SPEAKERS[language])
    made = 0
    for clip, words in sorted(wanted.items()):
        path = folder / f"{clip}.wav"
        known = old.get(clip, {})
        if (known.get("words"), known.get("voice"), known.get("tool")) == (words, voice, tool) and path.exists():
            new[clip] = known
            continue
        samples = clip_samples(language, words)
        data = wave_file(samples)
        path.write_bytes(data)
        new[clip] = entry(words, voice, tool, data, len(samples))
        made += 1
    for path in folder.glob("*.wav"):
        if path.stem not in wanted:
            path.unlink()
    write_manifest(folder, new)
    total = sum(int(str(one["bytes"])) for one in new.values())
    seconds = sum(int(str(one["ms"])) for one in new.values()) / 1000
    return f"{language}: {made} made, {len(new)} clips, {seconds:.0f} s, {total} bytes"


def clip_samples(language: str, words: str) -> list[int]:
    rate, samples = speak(language, words)
    return trim(resample(samples, rate))


def check(folder: pathlib.Path) -> list[str]:
    """What is wrong with a voice's folder: clips that miss, are of other words, or were changed by hand."""
    language = folder.name.split("-")[0]
    is_whole = "-" not in folder.name  # a family or a dialect may have some of the clips
    wanted = prompts.all_clips(language)
    manifest = read_manifest(folder)
    faults = [f"{folder.name}/{clip}: not there" for clip in sorted(set(wanted) - set(manifest)) if is_whole]
    for clip, one in sorted(manifest.items()):
        path = folder / f"{clip}.wav"
        if clip in wanted and one["words"] not in (wanted[clip], None):
            faults.append(f"{folder.name}/{clip}: says other words than hub/saying/prompts.py")
        if not path.exists():
            faults.append(f"{folder.name}/{clip}: no file")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != one["sha256"]:
            faults.append(f"{folder.name}/{clip}: not the file of the manifest")
    return faults


def record(source: pathlib.Path, name: str) -> str:
    """Take in recordings, each called by its clip's name: `heard.wav`, `number-3.wav`, `name-li-min.wav`."""
    if not re.fullmatch(r"(zh|en)-[a-z0-9]{1,16}", name):
        raise CannotMake(f"--as {name}: write it as zh-family, en-family or zh-<dialect>")
    known = prompts.all_clips(name.split("-")[0])
    folder = VOICES / name
    folder.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(folder)
    found = sorted(source.glob("*.wav"))
    if not found:
        raise CannotMake(f"{source}: no .wav file in it")
    for path in found:
        if path.stem not in known and not path.stem.startswith("name-"):
            raise CannotMake(f"{path.name}: no such clip; the clips are: {', '.join(sorted(known))}, name-…")
        try:
            with wave.open(str(path)) as file:
                if file.getsampwidth() != 2:
                    raise CannotMake(f"{path.name}: not 16 bit; save it as 16-bit WAV")
                every = array.array("h", file.readframes(file.getnframes()))
                samples, rate = every[:: file.getnchannels()], file.getframerate()
        except (wave.Error, EOFError) as fault:
            raise CannotMake(f"{path.name}: not a WAV file ({fault}); save it as 16-bit WAV") from None
        kept = trim(resample(samples, rate))
        data = wave_file(kept)
        (folder / path.name).write_bytes(data)
        manifest[path.stem] = entry(known.get(path.stem), name.split("-", 1)[1], "recorded", data, len(kept))
    write_manifest(folder, manifest)
    return f"{name}: {len(found)} recordings taken in"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="make nothing; say what is not right")
    parser.add_argument("--record", type=pathlib.Path, metavar="FOLDER", help="take in recordings from this folder")
    parser.add_argument("--as", dest="name", default="zh-family", help="the voice they are: zh-family, zh-<dialect>, …")
    given = parser.parse_args()
    try:
        if given.record:
            print(record(given.record, given.name))
        elif not given.check:
            for language in SPEAKERS:
                print(make(language))
    except CannotMake as fault:
        print(f"make_voices: {fault}", file=sys.stderr)
        return 2
    folders = sorted(path for path in VOICES.iterdir() if path.is_dir()) if VOICES.exists() else []
    faults = [fault for folder in folders for fault in check(folder)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
