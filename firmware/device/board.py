"""Pins and parts of the board that this firmware runs on. Generated from hardware/hub.toml in time; now by hand."""

import sys

if sys.platform == "linux" or sys.platform == "darwin" or sys.platform == "win32":
    NAME = "simulator"
    VOICE = "text"
else:
    NAME = "reference"
    VOICE = "i2s"

SIREN_PIN = 4  # PWM into the siren's driver
LAMP_PIN = 5  # WS2812 ring
LAMP_COUNT = 8
MAINS_PIN = 6  # 1: mains present
BUTTON_PIN = 7  # wired help button, 0: pressed
JOURNAL_LABEL = "journal"
SIREN_HZ = 2900
CALLING_HZ = 880
QUESTION_HZ = 660
I2S_SCK_PIN, I2S_WS_PIN, I2S_SD_PIN = 15, 16, 17
