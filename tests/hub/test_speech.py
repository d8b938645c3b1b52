"""What is said next, and what is cut off for it."""

from hub.saying import prompts, speech
from hub.saying.speech import Speech


def sentence(prompt, who=None, minutes=None, is_quiet=False):
    return (prompt, who, minutes, is_quiet)


def spoken(it):
    """Everything that waits, in the order in which it is said."""
    found = []
    while True:
        now = it.begin()
        if now is None:
            return found
        found.append(now[0])
        it.ended(now)


def saying(prompt):
    it = Speech()
    it.say(sentence(prompt))
    it.begin()
    return it


def test_every_prompt_has_an_urgency_and_technical_matters_have_the_least():
    for prompt in prompts.keys():
        assert speech.BEGUN <= speech.urgency(prompt) <= speech.TECHNICAL
    for prompt in (prompts.MAINS_LOST, prompts.BATTERY_LOW, prompts.SENSOR_OVERDUE, prompts.LINK_LOST):
        assert speech.urgency(prompt) == speech.TECHNICAL
    for prompt in (prompts.HEARD, prompts.SMOKE, prompts.GAS, prompts.CO, prompts.FALL, prompts.ARE_YOU_WELL):
        assert speech.urgency(prompt) == speech.BEGUN


def test_what_is_more_urgent_cuts_off_and_what_was_cut_off_is_said_from_its_beginning():
    it = saying(prompts.MAINS_LOST)
    assert it.say(sentence(prompts.HEARD)) is True
    assert it.current is None
    assert spoken(it) == [prompts.HEARD, prompts.MAINS_LOST]


def test_what_is_less_urgent_waits():
    it = saying(prompts.HEARD)
    for prompt in (prompts.MAINS_LOST, prompts.TEST_CALL, prompts.DELIVERED):
        assert it.say(sentence(prompt)) is False
    it.ended(it.current)
    assert spoken(it) == [prompts.DELIVERED, prompts.TEST_CALL, prompts.MAINS_LOST]


def test_a_later_step_silences_the_earlier_ones():
    it = saying(prompts.HEARD)
    for prompt in (prompts.DELIVERED, prompts.ACKNOWLEDGED, prompts.ON_THE_WAY):
        it.say(sentence(prompt))
    assert spoken(it) == [prompts.ON_THE_WAY]


def test_an_earlier_step_of_another_call_leaves_the_later_one():
    it = saying(prompts.HEARD)
    it.say(sentence(prompts.ON_THE_WAY, "李敏", 6))
    it.say(sentence(prompts.DELIVERED))
    assert spoken(it) == [prompts.ON_THE_WAY, prompts.DELIVERED]


def test_not_delivered_stops_in_the_middle_once_it_is_delivered_and_is_not_said_again():
    it = saying(prompts.NOT_DELIVERED)
    assert it.say(sentence(prompts.DELIVERED)) is True
    assert spoken(it) == [prompts.DELIVERED]


def test_a_step_that_is_being_said_is_said_to_its_end():
    it = saying(prompts.DELIVERED)
    assert it.say(sentence(prompts.ACKNOWLEDGED)) is False


def test_the_end_of_a_matter_takes_its_beginning_back():
    it = saying(prompts.HEARD)
    for prompt in (prompts.MAINS_LOST, prompts.SENSOR_OVERDUE, prompts.MAINS_RESTORED):
        it.say(sentence(prompt))
    assert spoken(it) == [prompts.SENSOR_OVERDUE, prompts.MAINS_RESTORED]


def test_the_question_stops_when_it_has_been_answered():
    it = saying(prompts.ARE_YOU_WELL)
    assert it.say(sentence(prompts.CANCELLED)) is True
    assert spoken(it) == [prompts.CANCELLED]


def test_the_siren_hushes_technical_matters_only():
    for prompt in prompts.keys():
        it = saying(prompt)
        assert it.hush() == (speech.urgency(prompt) > speech.GOING_ON), prompt
    assert Speech().hush() is False


def test_the_same_sentence_waits_once():
    it = saying(prompts.HEARD)
    for _ in range(5):
        it.say(sentence(prompts.NOT_DELIVERED))
    assert spoken(it) == [prompts.NOT_DELIVERED]


def test_a_second_press_while_the_first_is_being_answered_is_answered_too():
    it = saying(prompts.HEARD)
    assert it.say(sentence(prompts.HEARD)) is False
    it.ended(it.current)
    assert spoken(it) == [prompts.HEARD]


def test_a_flood_leaves_the_least_urgent_out_and_counts_it():
    it = saying(prompts.HEARD)
    for n in range(100):
        it.say(sentence(prompts.ACKNOWLEDGED, "n%d" % n))
        it.say(sentence(prompts.MAINS_LOST, "n%d" % n))
    it.say(sentence(prompts.SMOKE))
    assert it.left_out == 201 - speech.WAITING_MAX
    found = spoken(it)
    assert len(found) == speech.WAITING_MAX and found[0] == prompts.SMOKE


def test_what_is_cut_off_again_and_again_waits_once():
    it = Speech()
    it.say(sentence(prompts.MAINS_LOST))
    for _ in range(20):
        assert it.begin() is not None
        it.hush()
    assert spoken(it) == [prompts.MAINS_LOST]
