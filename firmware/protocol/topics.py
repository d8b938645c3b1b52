"""The one file that spells MQTT topics: anling/1/<hub_id>/up/<word> and anling/1/<hub_id>/down/<word>."""

ROOT = "anling/1"

# up: from the hub
ALARM = "alarm"  # kept until the relay's receipt, QoS 1
TECHNICAL = "technical"  # kept until the relay's receipt, QoS 1
HELLO = "hello"  # after each connect, QoS 1, not kept
HEARTBEAT = "heartbeat"  # every 60 s, QoS 0
STATE = "state"  # the last will: {"v":1,"online":false}
TOLD = "told"  # the home has heard a step of its alarm, QoS 1, not kept
CARRIED = "carried"  # up and down: a sealed envelope of a neighbour's hub, QoS 1; protocol/envelope.py
TALLY = "tally"  # once a day: how many alarm messages the hub has made, QoS 1, not kept
UPDATE = "update"  # up and down: new firmware, piece by piece, QoS 1, not kept
WALK = "walk"  # up and down: a walk test, each event of a trigger device and the relay's answer, QoS 1, not kept
UP_WORDS = (ALARM, TECHNICAL, HELLO, HEARTBEAT, STATE, TOLD, CARRIED, TALLY, UPDATE, WALK)
KEPT_WORDS = (ALARM, TECHNICAL)

# down: to the hub, all QoS 1
RECEIPT = "receipt"
# "alarm" down carries a step of an alarm: acknowledged, on_the_way, arrived, cleared
DOWN_WORDS = (RECEIPT, ALARM, CARRIED, UPDATE, WALK)

ALL_UP = ROOT + "/+/up/+"  # what the relay subscribes to

ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
ID_LENGTH_MAX = 32


def is_hub_id(text):
    """True for 1 to 32 characters of a-z, 0-9 and '-': safe in a topic, a file name and a URL."""
    if not isinstance(text, str) or not 1 <= len(text) <= ID_LENGTH_MAX:
        return False
    for character in text:
        if character not in ID_CHARACTERS:
            return False
    return True


def up(hub_id, word):
    return ROOT + "/" + hub_id + "/up/" + word


def down(hub_id, word):
    return ROOT + "/" + hub_id + "/down/" + word


def all_down(hub_id):
    """What a hub subscribes to."""
    return ROOT + "/" + hub_id + "/down/#"


def parse(topic):
    """Split a topic into (hub_id, direction, word); None for any topic that is not one of ours."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] + "/" + parts[1] != ROOT:
        return None
    hub_id, direction, word = parts[2], parts[3], parts[4]
    words = UP_WORDS if direction == "up" else DOWN_WORDS if direction == "down" else ()
    if word not in words or not is_hub_id(hub_id):
        return None
    return hub_id, direction, word


def may_touch(hub_id, topic, is_write):
    """May this hub publish to (is_write) or subscribe to that topic? Its own up and down, and nothing else."""
    if not is_hub_id(hub_id):
        return False
    prefix = ROOT + "/" + hub_id + ("/up/" if is_write else "/down/")
    if not topic.startswith(prefix):
        return False
    rest = topic[len(prefix) :]
    if is_write:
        return rest in UP_WORDS
    return rest == "#" or rest == "+" or rest in DOWN_WORDS
