"""The voice: says the sentence it is given, from recorded clips through I2S. Which sentence is the kernel's word; which
of several goes first is hub.saying.speech's.

Nothing waits for it: clips are read and decoded a block at a time (31 ms of sound) while the block before is
playing, and between blocks the loop is free. What must stop stops within the call that says so. The siren is another
output and knows nothing of this one. A clip that is nowhere, or no clip at all, becomes three tones; a fault of the
amplifier costs the sentence, is reported once, and the next sentence tries anew.

Ref: MicroPython machine.I2S (non-blocking by `irq`; `shift` halves or doubles: 6 dB).
"""

import asyncio
import sys
import time
from array import array

from hub.saying import prompts, speech
from machine import I2S, Pin

from .. import board
from . import adpcm, clips

try:
    import board_voice
except ImportError:
    board_voice = None

VOLUMES = (1, 2, 3, 4, 5)  # 6 dB apart; 5: as recorded
VOLUME, NIGHT_VOLUME = 5, 2
DRIVER_MS = 1000  # a block that is not taken by then: the amplifier's driver hangs
_BUFFER = 2048  # bytes before the loudspeaker: 128 ms at 8 kHz
_TONE = (880, 3)  # Hz, how often: what is heard when there is no clip
_TONE_RATE = 8000


def _nothing(fault):
    pass


class Voice:
    """Shape: `language` "zh" or "en"; `voice` the settings' {"dialect", "volume", "night_volume"}, each may miss;
    `on_fault(word)` is told once when the output fails."""

    def __init__(self, language, voice=None, roots=None, on_fault=_nothing):
        voice = voice or {}
        self._language = language
        prompts.sentence(
            prompts.HEARD, language
        )  # loads the words now, while there is room: not in the midst of an alarm
        self._volume = voice.get("volume", VOLUME)
        self._night_volume = voice.get("night_volume", NIGHT_VOLUME)
        places = clips.folders(board.VOICE_ROOTS if roots is None else roots, language, voice.get("dialect"))
        self._finder = clips.Finder(places)
        self._on_fault = on_fault
        self._has_failed = False
        self.is_well = True  # the last sentence could be said
        self._speech = speech.Speech()
        self._wake = asyncio.Event()
        self._is_free = asyncio.ThreadSafeFlag()
        self._i2s = None
        self._rate = 0
        self._number = 0  # of the sentence: one that was cut off sees that it is another's turn
        self._block = bytearray(clips.BLOCK_MAX)
        samples = adpcm.samples_of(clips.BLOCK_MAX)
        self._pcm = (array("h", bytes(2 * samples)), array("h", bytes(2 * samples)))
        self._turn = 0
        self._is_waiting = False
        self.longest_us = 0  # the longest that a block has kept the loop

    # --- what the hub calls ---------------------------------------------------------------------------

    def say(self, prompt, who, minutes, is_quiet=False):
        """Say a sentence when its turn is there; `is_quiet`: at night volume."""
        sentence = prompts.text(prompt, self._language, who, minutes)
        if board_voice is not None:
            board_voice.say(sentence, prompt, self._language, is_quiet)
        else:
            print("voice:", sentence)
        if self._speech.say((prompt, who, minutes, is_quiet)):
            self._stop()
        self._wake.set()

    def hush(self):
        """The siren sounds: what is no alarm stops at once, and is said later."""
        if self._speech.hush():
            self._stop()
            self._wake.set()

    async def run(self):
        """Speak for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            sentence = self._speech.begin()
            while sentence is not None:
                try:
                    await self._speak(sentence)
                    self.is_well = True
                except Exception as fault:
                    self._report(fault)
                self._speech.ended(sentence)
                sentence = self._speech.begin()
            self._stop()

    def _report(self, fault):
        sys.print_exception(fault)
        self.is_well = False
        self._stop()
        if not self._has_failed:
            self._has_failed = True
            self._on_fault("voice")

    # --- one sentence -----------------------------------------------------------------------------------

    async def _speak(self, sentence):
        prompt, who, minutes, is_quiet = sentence
        volume = self._night_volume if is_quiet else self._volume
        paths = self._finder.paths(prompts.clips(prompt, self._language, who, minutes))
        number = self._number
        if board_voice is not None:
            board_voice.speaking(prompt, paths, volume)
        is_said = bool(paths)
        for path in paths:
            try:
                with open(path, "rb") as file:
                    rate, size, left = clips.read_head(file)
                    await self._play(file, rate, size, left, volume, number)
            except (OSError, clips.BadClip) as fault:
                print("voice:", path, fault)
                is_said = False
        if not is_said and number == self._number:
            await self._sound_tones(volume, number)
        await self._flush(number)

    async def _play(self, file, rate, size, left, volume, number):
        block = memoryview(self._block)[:size]
        while left > 0 and number == self._number:
            began_us = time.ticks_us()
            got = file.readinto(block)
            if not got:
                return
            got = min(got, left)
            left -= got
            pcm = self._pcm[self._turn]
            count = adpcm.decode(self._block, got, pcm)
            self.longest_us = max(self.longest_us, time.ticks_diff(time.ticks_us(), began_us))
            await self._put(pcm, count, rate, volume, number)

    async def _sound_tones(self, volume, number):
        """Three short tones: somebody who hears no words hears at least that something was said."""
        hz, times = _TONE
        period = _TONE_RATE // hz
        for _ in range(times):
            for is_on in (True, False):
                for _ in range(_TONE_RATE // 5 // (24 * period)):
                    pcm = self._pcm[self._turn]
                    for i in range(24 * period):
                        pcm[i] = (9000 if i % period < period // 2 else -9000) if is_on else 0
                    await self._put(pcm, 24 * period, _TONE_RATE, volume, number)

    # --- the output -------------------------------------------------------------------------------------

    async def _put(self, pcm, count, rate, volume, number):
        """Hand a block over as soon as the one before it has been taken."""
        await self._taken()
        if number != self._number or not count:
            return
        i2s = self._i2s
        if i2s is None or rate != self._rate:
            i2s = self._open(rate)
        self._turn = 1 - self._turn
        data = memoryview(pcm)[:count]
        if volume < VOLUMES[-1]:
            I2S.shift(buf=data, bits=16, shift=volume - VOLUMES[-1])
        self._is_waiting = True
        i2s.write(data)

    async def _taken(self):
        if self._is_waiting:
            await asyncio.wait_for_ms(self._is_free.wait(), DRIVER_MS)
            self._is_waiting = False

    async def _flush(self, number):
        """The last samples lie in the driver's buffer: let them be heard."""
        await self._taken()
        if number == self._number and self._i2s is not None:
            await asyncio.sleep_ms(_BUFFER * 500 // self._rate)

    def _open(self, rate):
        self._close()
        self._rate = rate
        i2s = self._i2s = I2S(
            0,
            sck=Pin(board.I2S_SCK_PIN),
            ws=Pin(board.I2S_WS_PIN),
            sd=Pin(board.I2S_SD_PIN),
            mode=I2S.TX,
            bits=16,
            format=I2S.MONO,
            rate=rate,
            ibuf=_BUFFER,
        )
        i2s.irq(self._on_taken)
        return i2s

    def _on_taken(self, i2s):
        if i2s is self._i2s:  # not one that was closed in the meantime
            self._is_free.set()

    def _stop(self):
        """Silence, now: what lies in the driver's buffer goes with it."""
        self._number += 1
        self._close()
        if self._is_waiting:
            self._is_free.set()

    def _close(self):
        i2s, self._i2s = self._i2s, None
        if i2s is not None:
            i2s.deinit()
