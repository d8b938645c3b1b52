"""The words of every message: kinds, steps, activations, reasons. GLOSSARY.md says what each means.

This file decides spelling and nothing else. It must not know who sends what.
"""

VERSION = 1

# --- kinds of alarm -------------------------------------------------------------------------------
HELP = "help"  # a help button or cord was pressed
FALL = "fall"
INACTIVITY = "inactivity"
SMOKE = "smoke"
GAS = "gas"
CO = "co"
FLOOD = "flood"
TEST = "test"  # a test call: carried all the way, on purpose
UNVERIFIED = "unverified"  # a help button's frame that we had to refuse: shown, never dropped
ALARM_KINDS = (HELP, FALL, INACTIVITY, SMOKE, GAS, CO, FLOOD, TEST, UNVERIFIED)

# --- steps of an alarm as the home lives them; the table is in hub/alarm.py ---------------------------
IDLE = "idle"
PRE_ALARM = "pre_alarm"
RAISED = "raised"
RECEIVED = "received"  # the relay has stored it (receipt)
ACKNOWLEDGED = "acknowledged"  # a person took it
ON_THE_WAY = "on_the_way"
ARRIVED = "arrived"
CLEARED = "cleared"
CANCELLED = "cancelled"  # a pre-alarm or test call that the resident took back
STEPS = (IDLE, PRE_ALARM, RAISED, RECEIVED, ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED, CANCELLED)
# The steps that the relay sends into the home, in the order of an alarm's life.
DOWN_STEPS = (ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED)

# --- how a trigger device was set off -------------------------------------------------------------
PRESS = "press"
DOUBLE = "double_press"
TRIPLE = "triple_press"
LONG = "long_press"
LONG_DOUBLE = "long_double_press"
LONG_TRIPLE = "long_triple_press"
HOLD = "hold_press"
TRIPPED = "tripped"  # set off by itself: fall, smoke, silence
ACTIVATIONS = (PRESS, DOUBLE, TRIPLE, LONG, LONG_DOUBLE, LONG_TRIPLE, HOLD, TRIPPED)

# --- kinds of trigger device ------------------------------------------------------------------------
BUTTON = "button"
DOOR = "door"
MOTION = "motion"
DEVICE_KINDS = (BUTTON, DOOR, MOTION)

# --- technical alarms: a fault of the system, with an owner ------------------------------------------
HUB_OFFLINE = "hub_offline"
HUB_RESTARTED = "hub_restarted"
MAINS_LOST = "mains_lost"
MAINS_RESTORED = "mains_restored"
BATTERY_LOW = "battery_low"
SENSOR_OVERDUE = "sensor_overdue"
SENSOR_RESTORED = "sensor_restored"
FRAME_REFUSED = "frame_refused"
JOURNAL_FULL = "journal_full"
RADIO_REARMED = "radio_rearmed"
TASK_RESTARTED = "task_restarted"
DEAD_LETTER = "dead_letter"
TECHNICAL_KINDS = (
    HUB_OFFLINE,
    HUB_RESTARTED,
    MAINS_LOST,
    MAINS_RESTORED,
    BATTERY_LOW,
    SENSOR_OVERDUE,
    SENSOR_RESTORED,
    FRAME_REFUSED,
    JOURNAL_FULL,
    RADIO_REARMED,
    TASK_RESTARTED,
    DEAD_LETTER,
)

# --- why a sensor's frame was refused ---------------------------------------------------------------
WRONG_KEY = "wrong_key"
OLD_COUNTER = "old_counter"
PLAIN_FROM_KEYED = "plain_from_keyed"  # a device that has a key spoke in clear: downgrade
NO_KEY = "no_key"  # encrypted, but enrolled without a key
BROKEN = "broken"
REFUSALS = (WRONG_KEY, OLD_COUNTER, PLAIN_FROM_KEYED, NO_KEY, BROKEN)

# --- how an alarm may end: closing needs one of these ------------------------------------------------
OUTCOMES = (
    "helped",  # staff or family helped on the spot
    "ambulance",
    "fire_brigade",
    "police",
    "no_help_needed",
    "pressed_by_mistake",
    "device_fault",
    "nobody_home",
    "test",
)
