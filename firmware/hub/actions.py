"""What the kernel orders. The edge carries each out in the order given and never decides."""

from collections import namedtuple

Sound = namedtuple("Sound", ("pattern",))  # a word below; the siren and the tones
Light = namedtuple("Light", ("pattern",))
Say = namedtuple("Say", ("prompt", "who", "minutes"))  # prompt: a key of prompts.TEXTS
Journal = namedtuple("Journal", ("kind", "data"))  # on flash before the Publish after it
Publish = namedtuple("Publish", ("token", "topic", "payload", "qos", "is_urgent"))
Believe = namedtuple("Believe", ("address", "mark"))  # what the reflex is to hold as last heard; mark: 4 bytes

# patterns of Sound
SILENT, SIREN, CALLING, QUESTION = "silent", "siren", "calling", "question"
# patterns of Light
SAFE, RED, ORANGE, AMBER, BLUE, GREEN, WHITE = "safe", "red", "orange", "amber", "blue", "green", "white"
