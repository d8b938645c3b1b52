"""asyncapi.yaml says what protocol.messages really makes, and refuses what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from protocol import messages, topics, upward
from protocol import vocabulary as words

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "relay" / "asyncapi.yaml").read_text("utf-8"))
TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}
KNOWN = {
    "$ref", "type", "enum", "const", "required", "properties", "pattern", "minimum", "maximum", "minLength",
    "maxLength", "items", "prefixItems", "minItems", "maxItems", "description",
}  # fmt: skip


def found(reference: str) -> Any:
    node = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/")]
    return node


def faults(schema: dict[str, Any], value: Any, place: str = "") -> list[str]:
    """What is wrong with the value; the part of JSON Schema that the document uses, and no word beyond it."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return faults(found(schema["$ref"]), value, place)
    wrong = []
    if "const" in schema and (value != schema["const"] or isinstance(value, bool)):
        wrong.append(f"{place}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{place}: not one of the words")
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not any(is_whole if kind == "integer" else isinstance(value, TYPES[kind]) for kind in kinds):
            return [f"{place}: not {kinds}"]
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 30):
            wrong.append(f"{place}: length")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            wrong.append(f"{place}: pattern")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        wrong.append(f"{place}: range")
    if isinstance(value, dict):
        wrong += [f"{name}: missing" for name in schema.get("required", []) if name not in value]
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                wrong += faults(inner, value[name], name)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1 << 30):
            wrong.append(f"{place}: number of items")
        for inner, item in zip(schema.get("prefixItems", []), value, strict=False):
            wrong += faults(inner, item, place)
        for item in value if "items" in schema else []:
            wrong += faults(schema["items"], item, place)
    return wrong


def schema_of(direction: str, word: str) -> dict[str, Any]:
    channel = DOCUMENT["channels"][f"{direction}/{word}"]
    (message,) = channel["messages"].values()
    return found(message["$ref"])["payload"]


EPOCH = "0a1b2c3d"
MADE = (
    [
        ("up", topics.ALARM, messages.alarm(EPOCH, 7, 5, kind, step, device, activation, age, at))
        for kind in words.ALARM_KINDS
        for step in (words.PRE_ALARM, words.RAISED, words.CANCELLED)
        for device, activation, age, at in (
            ("5448e68f80a5", words.PRESS, 40, 1_800_000_000_000),
            (None, words.TRIPPED, None, None),
        )
    ]
    + [
        ("up", topics.TECHNICAL, messages.technical(EPOCH, 8, kind, None, words.WRONG_KEY, 0, None))
        for kind in words.TECHNICAL_KINDS
    ]
    + [
        ("up", word, messages.heartbeat(EPOCH, 0, 3600, 2, alarms, True, battery, "0.1.0", False))
        for word in (topics.HELLO, topics.HEARTBEAT)
        for alarms in ([], [[3, step] for step in words.STEPS])
        for battery in (None, 0, 100)
    ]
    + [("up", topics.TOLD, messages.told(EPOCH, 3, step)) for step in words.STEPS]
    + [("up", topics.TALLY, messages.tally(EPOCH, 9, 5, 1, 2))]
    + [(direction, topics.CARRIED, messages.carried(bytes(range(40)))) for direction in ("up", "down")]
    + [
        ("up", topics.UPDATE, messages.update_state(4, build, state, reason, 4096, 512))
        for state in words.UPDATE_STATES
        for build, reason in ((0, None), (5, "forged"))
    ]
    + [("up", topics.WALK, messages.walked(7, "5448e68f80a5", -61, trip)) for trip in (None, 42)]
    + [("down", topics.WALK, messages.walk_order(*order)) for order in ((900, None), (0, None), (None, 7))]
    + [("down", topics.UPDATE, messages.update_order(what, 5, 512, "AAAA")) for what in words.UPDATE_ORDERS]
    + [
        ("up", topics.HEARTBEAT, messages.heartbeat(EPOCH, 0, 3600, 2, [], True, 5, "0.1.0", False) | vitals)
        for vitals in (dict.fromkeys(upward.MAY), dict.fromkeys(upward.VITALS, -60) | {"micropython": "1.29.0"})
    ]
    + [("up", topics.STATE, messages.offline()), ("down", topics.RECEIPT, messages.receipt(EPOCH, 3))]
    + [
        ("down", topics.ALARM, messages.step(EPOCH, 3, step, who, minutes))
        for step in words.DOWN_STEPS
        for who, minutes in ((None, None), ("李敏", 6))
    ]
)


def test_the_document_describes_every_topic():
    expected = {f"up/{word}" for word in topics.UP_WORDS} | {f"down/{word}" for word in topics.DOWN_WORDS}
    assert set(DOCUMENT["channels"]) == expected
    for name, channel in DOCUMENT["channels"].items():
        direction, word = name.split("/")
        build = topics.up if direction == "up" else topics.down
        assert channel["address"] == build("{hub_id}", word)
    for operation in DOCUMENT["operations"].values():
        assert found(operation["channel"]["$ref"]) in DOCUMENT["channels"].values()


@pytest.mark.parametrize(("direction", "word", "message"), MADE)
def test_what_the_builders_make_is_what_the_document_says(direction, word, message):
    assert faults(schema_of(direction, word), json.loads(messages.encode(message))) == []


@pytest.mark.parametrize(("direction", "word", "message"), MADE)
def test_document_and_check_agree_on_every_field_that_is_spoilt(direction, word, message):
    """Spoil each field in turn: what `check` refuses the document refuses, too, and the other way round."""
    for name in message:
        for spoilt in (..., None, True, -1, 1 << 60, "", "x" * 65, [], [[1]], 1.5):
            broken = {key: value for key, value in message.items() if key != name or spoilt is not ...}
            if spoilt is not ...:
                broken[name] = spoilt
            try:
                messages.check(direction, word, messages.decode(json.dumps(broken).encode()))
                is_good = True
            except messages.BadMessage as error:
                if str(error) == "alarm: later than seq":
                    continue  # between two fields: no schema can say it
                is_good = False
            assert (faults(schema_of(direction, word), broken) == []) == is_good, (name, spoilt)
