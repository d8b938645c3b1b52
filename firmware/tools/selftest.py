"""A pass/fail sheet for one board on the bench: a person answers, the board measures. Runs under MicroPython.

On a board that has the firmware's image and no /main.py yet (so that no watchdog is running):

    mpremote run firmware/tools/selftest.py        the sheet; the watchdog step ends in a reset
    mpremote run firmware/tools/selftest.py        once more: says how the watchdog did, and the whole sheet

The sheet is kept as selftest.json on the board's flash and is printed as text. A step that a board has no part for is
"not there"; a step that the person leaves out with s is "not done"; the verdict is PASS only if nothing failed and
nothing was left out. Judges with the numbers of board.py, which come from hardware/hub.toml.
"""

import gc
import json
import os
import sys
import time

import bluetooth
import machine
import network
from device import board
from device.panel import inputs
from esp32 import Partition
from machine import ADC, PWM, Pin
from neopixel import NeoPixel

_FOLDER = os.getenv("ANLING_HUB_DIR") if hasattr(os, "getenv") else None  # a board has the root of its flash
SHEET = (_FOLDER + "/" if _FOLDER else "") + "selftest.json"
WAIT_MS = 30000
PRESSES = 10
SIREN_DB_AT_1M = 85  # below the calculated 88.6: a sound level meter of the cheap kind is 3 dB off
LOAD_SPARE_PCT = 15
WATCHDOG_MS = 4000
PASS, FAIL, NOT_DONE, NOT_THERE = "PASS", "FAIL", "not done", "not there"

sheet = []  # [step, verdict, what was seen]


def say(text):
    print("selftest:", text)


def note(step, verdict, seen=""):
    sheet.append([step, verdict, seen])
    print("%-9s %-12s %s" % (verdict, step, seen))
    with open(SHEET, "w") as file:  # after each step: a board that dies has still told how far it came
        json.dump(sheet, file)


def ask(question):
    """The answer in small letters. An end of input is a step left out."""
    try:
        return input("selftest: " + question + " ").strip().lower()
    except EOFError:
        return "s"


def ask_number(question):
    """A number, or None for a step left out."""
    while True:
        answer = ask(question + " (a number, s: leave out)")
        if answer == "s":
            return None
        try:
            return float(answer)
        except ValueError:
            say("that is no number")


def ask_seen(step, question):
    while True:
        answer = ask(question + " (y/n, s: leave out)")
        if answer in ("y", "n", "s"):
            note(step, {"y": PASS, "n": FAIL, "s": NOT_DONE}[answer], "as the person saw it")
            return


def wait_for(is_so, ms=WAIT_MS):
    """Whether it came to be so in that time, and held for 60 ms."""
    began = time.ticks_ms()
    held = 0
    while time.ticks_diff(time.ticks_ms(), began) < ms:
        held = held + 1 if is_so() else 0
        if held > 3:
            return True
        time.sleep_ms(20)
    return False


def expect(step, prompt, is_so, seen):
    """One thing that the person does and the board must see. Shape: `seen` is called afterwards."""
    say(prompt)
    note(step, PASS if wait_for(is_so) else FAIL, seen())


def memory():
    gc.collect()
    free = gc.mem_free() if hasattr(gc, "mem_free") else 0
    note("memory", PASS if free > 65536 else FAIL, "%d bytes free" % free)
    found = Partition.find(Partition.TYPE_DATA, label=board.JOURNAL_LABEL)
    if not found:
        note("journal", FAIL, "no partition " + board.JOURNAL_LABEL + ". Remedy: the partition table of the manual")
        return
    size = found[0].ioctl(4, 0) * found[0].ioctl(5, 0)
    note("journal", PASS if size >= 65536 else FAIL, "%d bytes" % size)


def wired_button():
    if board.BUTTON_ADC_PIN is None:
        note("line", NOT_THERE)
        return
    adc = ADC(Pin(board.BUTTON_ADC_PIN), atten=ADC.ATTN_11DB)
    path = None if board.BUTTON_PIN is None else Pin(board.BUTTON_PIN, Pin.IN)

    def mv():
        return adc.read_uv() // 1000

    def level():
        return "%d mV" % mv()

    note("line rest", PASS if wait_for(lambda: inputs.line_state(mv()) == inputs.REST, 2000) else FAIL, level())
    expect("line press", "press the red button and hold it", lambda: inputs.line_state(mv()) == inputs.PRESSED, level)
    if path is None:
        note("line path", NOT_THERE)
    else:
        is_closed = wait_for(lambda: path.value() == 1, 1000)
        note("line path", PASS if is_closed else FAIL, "hardware path closed" if is_closed else "hardware path open")
        ask_seen("line siren", "does the siren sound while the button is held?")
    expect("line free", "let the button go", lambda: inputs.line_state(mv()) == inputs.REST, level)
    expect("line cut", "pull the pull-cord box's wire off", lambda: inputs.line_state(mv()) == inputs.CUT, level)
    expect("line mended", "put the wire back", lambda: inputs.line_state(mv()) == inputs.REST, level)


def cancel_button():
    if board.CANCEL_PIN is None:
        note("cancel", NOT_THERE)
        return
    pin = Pin(board.CANCEL_PIN, Pin.IN, Pin.PULL_UP)
    expect("cancel", "press the green button and hold it", lambda: pin.value() == 0, lambda: "%d" % pin.value())
    expect("cancel free", "let it go", lambda: pin.value() == 1, lambda: "%d" % pin.value())


def mains():
    if board.MAINS_PIN is None:
        note("mains", NOT_THERE)
        return
    pin = Pin(board.MAINS_PIN, Pin.IN)
    note("mains on", PASS if wait_for(lambda: pin.value() == 1, 2000) else FAIL, "%d" % pin.value())
    expect("mains lost", "pull the mains adapter", lambda: pin.value() == 0, lambda: "%d" % pin.value())
    expect("mains back", "plug it in again", lambda: pin.value() == 1, lambda: "%d" % pin.value())


def battery():
    if board.BATTERY_ADC_PIN is None:
        note("battery", NOT_THERE)
        return
    adc = ADC(Pin(board.BATTERY_ADC_PIN), atten=ADC.ATTN_11DB)
    mv = adc.read_uv() * board.BATTERY_DIVIDER // 1000
    low, high = board.BATTERY_TABLE[0][0], board.BATTERY_TABLE[-1][0] + 150
    note("battery", PASS if low <= mv <= high else FAIL, "%d mV, must be %d to %d" % (mv, low, high))


def lamp():
    ring = NeoPixel(Pin(board.LAMP_PIN, Pin.OUT), board.LAMP_COUNT)
    for name, colour in (("red", (255, 0, 0)), ("green", (0, 255, 0)), ("blue", (0, 0, 255))):
        ring.fill(colour)
        ring.write()
        ask_seen("lamp " + name, "are all %d lamps %s?" % (board.LAMP_COUNT, name))
    ring.fill((0, 0, 0))
    ring.write()


def siren():
    say("protect your ears. Sound level meter at 1 m, weighting A")
    answer = ask("ready? (y, s: leave out)")
    if answer != "y":
        note("siren", NOT_DONE)
        return
    pwm = PWM(Pin(board.SIREN_PIN, Pin.OUT), freq=board.SIREN_HZ, duty_u16=32768)
    try:
        db = ask_number("the siren sounds now: dB(A) at 1 m?")
    finally:
        pwm.duty_u16(0)
    if db is None:
        note("siren", NOT_DONE)
    else:
        note("siren", PASS if db >= SIREN_DB_AT_1M else FAIL, "%g dB(A), must be %d" % (db, SIREN_DB_AT_1M))


def is_button(data):
    """A BTHome frame (service data 0xFCD2) with a button event in it; a sealed one is always taken for one."""
    i = 0
    while i + 4 < len(data) and data[i]:
        end = i + 1 + data[i]
        if data[i] >= 4 and data[i + 1 : i + 4] == b"\x16\xd2\xfc":
            k = i + 5
            while k + 1 < end and k + 1 < len(data):  # packet id, battery and button all have one byte of value
                if data[i + 4] & 1 or (data[k] == 0x3A and data[k + 1]):
                    return True
                k += 2
        i = end
    return False


class Ears:
    """What the radio heard, kept by a callback that allocates nothing: on a board it runs in the radio's own thread."""

    SLOT, SLOTS = 48, 64

    def __init__(self):
        self._kept = bytearray(self.SLOT * self.SLOTS)  # length, rssi + 128, address, data
        self._written = self._taken = 0
        self.presses = set()
        self.strongest_dbm = -128

    def on_irq(self, event, what):
        if event != 5:
            return
        address, data = what[1], what[4]
        start = self._written % self.SLOTS * self.SLOT
        kept = self._kept
        kept[start] = len(data)
        kept[start + 1] = (what[3] + 128) & 255
        for i in range(6):
            kept[start + 2 + i] = address[i]
        for i in range(min(len(data), self.SLOT - 8)):
            kept[start + 8 + i] = data[i]
        self._written += 1

    def count(self):
        """Different presses so far: one heard in several adverts counts once."""
        self._taken = max(self._taken, self._written - self.SLOTS)
        while self._taken < self._written:
            start = self._taken % self.SLOTS * self.SLOT
            slot = bytes(self._kept[start : start + self.SLOT])
            self._taken += 1
            if is_button(slot[8 : 8 + slot[0]]):
                self.presses.add(slot[2 : 8 + slot[0]])
                self.strongest_dbm = max(self.strongest_dbm, slot[1] - 128)
        return len(self.presses)


def reception():
    """Presses of one radio button, ten of ten."""
    ears = Ears()
    radio = bluetooth.BLE()
    radio.active(True)
    if ask("stand 5 m away with one radio button. Ready? (y, s: leave out)") != "y":
        note("reception", NOT_DONE)
        return
    radio.irq(ears.on_irq)
    radio.gap_scan(0, 30000, 30000, False)
    say("press it %d times, a second or more apart, then wait" % PRESSES)
    is_all = wait_for(lambda: ears.count() >= PRESSES, 3 * WAIT_MS)
    radio.gap_scan(None)
    radio.irq(None)
    seen = "%d of %d heard, strongest %d dBm" % (min(ears.count(), PRESSES), PRESSES, ears.strongest_dbm)
    note("reception", PASS if is_all else FAIL, seen)


def current():
    """Both radios on, lamp at night light, as in a quiet home on its cells."""
    network.WLAN(network.WLAN.IF_STA).active(True)
    radio = bluetooth.BLE()
    radio.active(True)
    radio.gap_scan(0, 30000, 30000, False)
    ring = NeoPixel(Pin(board.LAMP_PIN, Pin.OUT), board.LAMP_COUNT)
    ring.fill((6, 6, 2))
    ring.write()
    say("mains adapter off, meter between cells and charger; both radios are on")
    ma = ask_number("milliamperes from the cells?")
    volts = None if ma is None else ask_number("volts at the cells?")
    radio.gap_scan(None)
    if ma is None or volts is None:
        note("current", NOT_DONE)
        return
    most = board.LOAD_MW * (100 + LOAD_SPARE_PCT) // 100
    mw = int(ma * volts)
    note("current", PASS if 0 < mw <= most else FAIL, "%d mW, at most %d" % (mw, most))


def watchdog():
    """Starts it and does not feed it. What follows is seen at the next run: by the cause of the reset."""
    note("watchdog", NOT_DONE, "started; if the board is still running in 10 s, it has none")
    say("mains adapter back in. The board should reset in %d s; then run this once more" % (WATCHDOG_MS // 1000))
    machine.WDT(timeout=WATCHDOG_MS)
    time.sleep_ms(WATCHDOG_MS + 6000)
    sheet.pop()
    note("watchdog", FAIL, "no reset in %d s" % ((WATCHDOG_MS + 6000) // 1000))


def after_reset():
    """Whether a first run ended in its watchdog step; its sheet is then taken up."""
    try:
        with open(SHEET) as file:
            sheet.extend(json.load(file))
    except (OSError, ValueError):
        return False
    if not sheet or sheet[-1][:2] != ["watchdog", NOT_DONE]:
        sheet.clear()
        return False
    sheet.pop()
    is_bitten = machine.reset_cause() == machine.WDT_RESET
    note("watchdog", PASS if is_bitten else FAIL, "reset cause %d" % machine.reset_cause())
    return True


def show():
    """The sheet; whether it is a pass."""
    verdicts = [line[1] for line in sheet]
    counts = {one: verdicts.count(one) for one in (PASS, FAIL, NOT_DONE, NOT_THERE)}
    version = sys.implementation[1]
    print("\n--- sheet of %s, MicroPython %d.%d.%d" % ((board.NAME,) + tuple(version[:3])))
    for step, verdict, seen in sheet:
        print("%-9s %-12s %s" % (verdict, step, seen))
    is_pass = bool(counts[PASS]) and not counts[FAIL] and not counts[NOT_DONE]
    print(
        "--- %s: %d passed, %d failed, %d not done, %d not there"
        % ("PASS" if is_pass else "FAIL", counts[PASS], counts[FAIL], counts[NOT_DONE], counts[NOT_THERE])
    )
    return is_pass


def main():
    if board.HOLD_PIN is not None:
        Pin(board.HOLD_PIN, Pin.OUT, value=1)
    if after_reset():
        is_pass = show()
        os.rename(SHEET, SHEET + ".done")
        return is_pass
    say("board %s. Begin with the mains adapter in and the cells in." % board.NAME)
    for step in (memory, wired_button, cancel_button, mains, battery, lamp, siren, reception, current, watchdog):
        step()
    return show()


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
