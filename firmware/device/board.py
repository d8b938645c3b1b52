"""Pins and parts of the board that this firmware runs on. Generated from hardware/hub.toml in time; now by hand."""

import os
import sys

if sys.platform == "linux" or sys.platform == "darwin" or sys.platform == "win32":
    NAME = "simulator"
    _HERE = __file__.rsplit("/", 2)[0] if "/" in __file__ else "."
    VOICE_ROOTS = ((os.getenv("ANLING_HUB_DIR") or ".") + "/voices", _HERE + "/voices")
else:
    NAME = "reference"
    VOICE_ROOTS = ("/voices", "/rom/voices")  # what a family recorded is in flash, the rest in the image

SIREN_PIN = 4  # PWM into the siren's driver
LAMP_PIN = 5  # WS2812 ring
LAMP_COUNT = 8
MAINS_PIN = 6  # 1: mains present
# The wired help button's line: 10 kOhm up to 3.3 V, 10 kOhm at its far end, 2.2 kOhm across it when pressed.
BUTTON_ADC_PIN = 7
WIRE_SHORT_BELOW_MV = 150
WIRE_PRESSED_BELOW_MV = 1000
WIRE_CUT_ABOVE_MV = 2400
CANCEL_PIN = 8  # "I am well", 0: pressed
BATTERY_ADC_PIN = 9
BATTERY_DIVIDER = 2
BATTERY_MWH = 21000  # two 18650 cells
LOAD_MW = 435  # Wi-Fi up, scanning all the time
JOURNAL_LABEL = "journal"
SETTINGS_LABEL = "settings"
SIREN_HZ = 2900
CALLING_HZ = 880
QUESTION_HZ = 660
I2S_SCK_PIN, I2S_WS_PIN, I2S_SD_PIN = 15, 16, 17
