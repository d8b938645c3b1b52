"""Claims about topics: what is spelled here and what a hub may touch."""

from protocol import topics


def test_a_topic_is_parsed_back_into_its_parts():
    for word in topics.UP_WORDS:
        assert topics.parse(topics.up("hub-1", word)) == ("hub-1", "up", word)
    for word in topics.DOWN_WORDS:
        assert topics.parse(topics.down("hub-1", word)) == ("hub-1", "down", word)


def test_a_foreign_topic_is_none():
    for topic in (
        "",
        "anling/1/hub-1/up",
        "anling/1/hub-1/up/alarm/x",
        "anling/2/hub-1/up/alarm",
        "anling/1/Hub/up/alarm",
        "anling/1//up/alarm",
        "anling/1/hub-1/sideways/alarm",
        "anling/1/hub-1/up/receipt",
        "anling/1/hub-1/down/heartbeat",
        "anling/1/" + "a" * 33 + "/up/alarm",
        "$SYS/broker",
    ):
        assert topics.parse(topic) is None, topic


def test_a_hub_touches_only_its_own_topics():
    assert topics.may_touch("hub-1", "anling/1/hub-1/up/alarm", True)
    assert topics.may_touch("hub-1", "anling/1/hub-1/down/#", False)
    assert topics.may_touch("hub-1", "anling/1/hub-1/down/receipt", False)
    for topic, is_write in (
        ("anling/1/hub-2/up/alarm", True),
        ("anling/1/hub-1/down/receipt", True),
        ("anling/1/hub-1/up/nonsense", True),
        ("anling/1/hub-10/up/alarm", True),
        ("anling/1/hub-2/down/#", False),
        ("anling/1/+/down/#", False),
        ("anling/1/hub-1/up/alarm", False),
        ("#", False),
        ("anling/1/hub-1/down/alarm/#", False),
    ):
        assert not topics.may_touch("hub-1", topic, is_write), topic


def test_a_hub_id_cannot_hold_wildcards_or_separators():
    for text in ("", "a/b", "+", "#", "A", "hub 1", "hub_1", None, 7, "x" * 33):
        assert not topics.is_hub_id(text)
