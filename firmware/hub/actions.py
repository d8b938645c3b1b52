"""What the kernel orders. The edge carries each out in the order given and never decides."""

from collections import namedtuple

Sound = namedtuple("Sound", ("pattern",))  # a word below; the siren and the tones
Light = namedtuple("Light", ("pattern",))
# prompt: a key of hub/saying/zh.py and en.py; is_quiet: at night volume
Say = namedtuple("Say", ("prompt", "who", "minutes", "is_quiet"))
# on flash before the Publish after it; is_twice: in two places, so that no single fault of the flash takes it
Journal = namedtuple("Journal", ("kind", "data", "is_twice"))
Publish = namedtuple("Publish", ("token", "topic", "payload", "qos", "is_urgent"))
Believe = namedtuple("Believe", ("address", "mark"))  # what the reflex is to hold as last heard; mark: 4 bytes

SelfTest = namedtuple("SelfTest", ())  # test each path silently, and answer with SelfTested

# patterns of Sound
SILENT, SIREN, CALLING, QUESTION = "silent", "siren", "calling", "question"
NOTICE = "notice"  # a technical matter: a soft tone now and then, never at night
# patterns of Light
SAFE, RED, ORANGE, AMBER, BLUE, GREEN, WHITE = "safe", "red", "orange", "amber", "blue", "green", "white"
DIM = "dim"  # a technical matter: all can call for help, but something wants to be looked at
