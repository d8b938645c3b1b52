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
PRE_ALARM_KINDS = (FALL, INACTIVITY)  # what the hub suspects, it asks first

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
RESTORED = "restored"  # said by the home alone: the condition behind the alarm is gone; a person still closes it
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
WINDOW = "window"
MOTION = "motion"
PRESENCE = "presence"  # occupancy of a room or a bed
VIBRATION = "vibration"
DETECTOR = "detector"  # smoke, gas, CO, water: what it says names the alarm
WEARABLE = "wearable"
CANCEL_BUTTON = "cancel_button"  # "I am well": takes back pre-alarms and test calls, and nothing else
APPLIANCE = "appliance"  # a kettle, a television: somebody switches it on
DEVICE_KINDS = (BUTTON, DOOR, WINDOW, MOTION, PRESENCE, VIBRATION, DETECTOR, WEARABLE, CANCEL_BUTTON, APPLIANCE)

# --- technical alarms: a fault of the system, with an owner ------------------------------------------
HUB_OFFLINE = "hub_offline"
HUB_RESTARTED = "hub_restarted"
MAINS_LOST = "mains_lost"
MAINS_RESTORED = "mains_restored"
BATTERY_LOW = "battery_low"
BATTERY_RESTORED = "battery_restored"
TAMPER = "tamper"
TAMPER_RESTORED = "tamper_restored"
PROBLEM = "problem"  # a trigger device says that something is wrong with it
PROBLEM_RESTORED = "problem_restored"
WIRE_CUT = "wire_cut"  # the wire to the hub's own button
WIRE_MENDED = "wire_mended"
SELF_TEST_FAILED = "self_test_failed"  # detail: the paths that failed
SELF_TEST_PASSED = "self_test_passed"
SAFE_MODE = "safe_mode"  # after three crashes: alarms only
SAFE_MODE_LEFT = "safe_mode_left"
SENSOR_OVERDUE = "sensor_overdue"
SENSOR_RESTORED = "sensor_restored"
FRAME_REFUSED = "frame_refused"
WATCH_BLIND = "watch_blind"  # every sensor that shows life is silent: nobody would notice that nobody moves
WATCH_SEES = "watch_sees"
MODEM_LOST = "modem_lost"  # the second way out; detail: what is wrong with it
MODEM_RESTORED = "modem_restored"
JOURNAL_FULL = "journal_full"
JOURNAL_DAMAGED = "journal_damaged"
RADIO_REARMED = "radio_rearmed"
TASK_RESTARTED = "task_restarted"
DEAD_LETTER = "dead_letter"
TECHNICAL_KINDS = (
    HUB_OFFLINE,
    HUB_RESTARTED,
    MAINS_LOST,
    MAINS_RESTORED,
    BATTERY_LOW,
    BATTERY_RESTORED,
    TAMPER,
    TAMPER_RESTORED,
    PROBLEM,
    PROBLEM_RESTORED,
    WIRE_CUT,
    WIRE_MENDED,
    SELF_TEST_FAILED,
    SELF_TEST_PASSED,
    SAFE_MODE,
    SAFE_MODE_LEFT,
    SENSOR_OVERDUE,
    SENSOR_RESTORED,
    FRAME_REFUSED,
    WATCH_BLIND,
    WATCH_SEES,
    MODEM_LOST,
    MODEM_RESTORED,
    JOURNAL_FULL,
    JOURNAL_DAMAGED,
    RADIO_REARMED,
    TASK_RESTARTED,
    DEAD_LETTER,
)
# A fault that lasts → what says that it is over.
RESTORED_BY = {
    MAINS_LOST: MAINS_RESTORED,
    BATTERY_LOW: BATTERY_RESTORED,
    TAMPER: TAMPER_RESTORED,
    PROBLEM: PROBLEM_RESTORED,
    WIRE_CUT: WIRE_MENDED,
    SELF_TEST_FAILED: SELF_TEST_PASSED,
    SAFE_MODE: SAFE_MODE_LEFT,
    SENSOR_OVERDUE: SENSOR_RESTORED,
    WATCH_BLIND: WATCH_SEES,
    MODEM_LOST: MODEM_RESTORED,
}

# --- why a sensor's frame was refused ---------------------------------------------------------------
WRONG_KEY = "wrong_key"
OLD_COUNTER = "old_counter"
PLAIN_FROM_KEYED = "plain_from_keyed"  # a device that has a key spoke in clear: downgrade
NO_KEY = "no_key"  # encrypted, but enrolled without a key
BROKEN = "broken"
REFUSALS = (WRONG_KEY, OLD_COUNTER, PLAIN_FROM_KEYED, NO_KEY, BROKEN)

# --- new firmware: how far a hub is, as it says itself ------------------------------------------------
RUNNING = "running"  # nothing is going on; `build` is 0
FETCHING = "fetching"  # wants `count` bytes from `at`
STAGED = "staged"  # whole and proven; starts it as soon as the home is quiet
TRYING = "trying"  # started, not proven yet
CONFIRMED = "confirmed"
REFUSED = "refused"
ROLLED_BACK = "rolled_back"
UPDATE_STATES = (RUNNING, FETCHING, STAGED, TRYING, CONFIRMED, REFUSED, ROLLED_BACK)
# What the relay says of it.
OFFER, PIECE, STOP = "offer", "piece", "stop"
UPDATE_ORDERS = (OFFER, PIECE, STOP)

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
