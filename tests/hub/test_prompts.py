"""What is said and which clips say it: every sentence, every minute, both languages."""

from claims import raises
from hub.saying import prompts

LANGUAGES = ("zh", "en")


def words_of(language, clips):
    known = prompts.all_clips(language)
    return [known[clip] for clip in clips]


def test_every_sentence_has_all_its_clips():
    for language in LANGUAGES:
        known = prompts.all_clips(language)
        for prompt in prompts.keys():
            for minutes in (None, 0, 1, 6, 61):
                for clip in prompts.clips(prompt, language, None, minutes):
                    assert clip in known, (language, prompt, clip)


def test_both_languages_have_the_same_sentences_and_an_unknown_key_has_none():
    for key in prompts.keys():
        assert prompts.sentence(key, "en") and prompts.sentence(key, "zh"), key
    assert len(prompts.keys()) > 30 and prompts.SMOKE in prompts.keys()
    raises(KeyError, prompts.sentence, "smok", "zh")


def test_the_clips_say_what_the_line_of_text_says():
    for prompt in prompts.keys():
        if prompt == prompts.ON_THE_WAY:
            continue
        for language in LANGUAGES:
            spoken = "".join(words_of(language, prompts.clips(prompt, language, None, None)))
            written = prompts.text(prompt, language, None, None)
            assert spoken.replace(" ", "") == written.replace(" ", ""), (language, prompt)


def test_every_number_of_minutes_is_spoken_as_it_is_said():
    tens = {0: "", 1: "十", 2: "二十", 3: "三十", 4: "四十", 5: "五十", 6: "六十"}
    ones = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
    small = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    small += ["seventeen", "eighteen", "nineteen"]
    english_tens = ("", "", "twenty", "thirty", "forty", "fifty", "sixty")
    for n in range(1, 61):
        spoken = "".join(words_of("zh", prompts.number_clips("zh", n)))
        assert spoken == ("两" if n == 2 else tens[n // 10] + ones[n % 10]), n
        spoken = " ".join(words_of("en", prompts.number_clips("en", n)))
        wanted = small[n - 1] if n < 20 else (english_tens[n // 10] + (" " + small[n % 10 - 1] if n % 10 else ""))
        assert spoken == wanted, n


def test_a_time_that_cannot_be_counted_has_words_of_its_own():
    for minutes, clip in ((None, "soon"), (0, "soon"), (1, "one"), (61, "long"), (999, "long")):
        assert prompts.clips(prompts.ON_THE_WAY, "zh", None, minutes) == ["somebody", "on_the_way_%s-1" % clip]
    assert prompts.text(prompts.ON_THE_WAY, "en", "Li Min", 1) == "Li Min is on the way, about one minute."
    assert prompts.text(prompts.ON_THE_WAY, "en", None, 999).endswith("more than an hour.")
    assert "None" not in prompts.text(prompts.ON_THE_WAY, "en", None, None)


def test_who_and_minutes_stand_where_the_sentence_has_them():
    found = prompts.clips(prompts.ON_THE_WAY, "zh", "李敏", 26)
    assert found == ["@李敏", "on_the_way-1", "number-2", "number-10", "number-6", "on_the_way-2"]
    assert prompts.clips(prompts.ARRIVED, "en", None, None) == ["somebody", "arrived-1"]
    assert prompts.clips(prompts.HEARD, "en", "Li Min", 3) == ["heard"]
