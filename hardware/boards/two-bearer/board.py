"""Pins and parts of the board that this firmware runs on (two-bearer). Made from hardware/hub.toml."""

NAME = "two-bearer"
VOICE_ROOTS = ("/voices", "/rom/voices")  # what a family recorded is in flash, the rest in the image

SIREN_PIN = 4  # PWM into the siren's driver
LAMP_PIN = 5  # WS2812 ring
MAINS_PIN = 6  # 1: mains present
BUTTON_ADC_PIN = 7  # the wired help button's line
CANCEL_PIN = 8  # "I am well", 0: pressed
BATTERY_ADC_PIN = 9  # the cells behind the divider
I2S_SCK_PIN = 15  # amplifier: bit clock
I2S_WS_PIN = 16  # amplifier: word select
I2S_SD_PIN = 17  # amplifier: data
BUTTON_PIN = 18  # 1: the path in hardware from wired button to siren has closed
HOLD_PIN = None  # must be 1 or the board switches itself off on battery
MODEM_TX_PIN = 12  # LTE module: what the hub says
MODEM_RX_PIN = 13  # LTE module: what it answers
MODEM_PWR_PIN = 14  # LTE module: power key, 1 presses it
LAMP_COUNT = 8
# The help button's line: 10000 ohm up to 3.3 V, 10000 ohm at its far end,
# 2200 ohm across it when pressed.
WIRE_SHORT_BELOW_MV = 150
WIRE_PRESSED_BELOW_MV = 1000
WIRE_CUT_ABOVE_MV = 2400
BATTERY_DIVIDER = 2
BATTERY_MWH = 20984  # 2 x li_ion_18650, what can be used of them
# mV of a cell: per cent
BATTERY_TABLE = (
    (3000, 0),
    (3300, 5),
    (3500, 15),
    (3600, 30),
    (3700, 50),
    (3800, 65),
    (3900, 75),
    (4000, 87),
    (4150, 100),
)
LOAD_MW = 609  # Wi-Fi up, scanning all the time, lamp on
RESET_STATE = 0x60008038  # register: its low six bits say why the chip started
JOURNAL_LABEL = "journal"
SETTINGS_LABEL = "settings"
ROMFS_LABEL = "romfs"
SIREN_HZ = 2900
CALLING_HZ = 880
QUESTION_HZ = 660
