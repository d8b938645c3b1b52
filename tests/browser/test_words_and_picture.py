"""Without a browser: every word is there in both languages, and the drawn files are up to date."""

import ast
import re
from pathlib import Path

from protocol import vocabulary

from relay.alarms import rules as alarm_rules
from relay.console import draw_picture, words
from relay.people.sample_places import PLACES
from relay.supervision import rules as supervision_rules

CONSOLE = words.CATALOGUE.parent.parent


def _ours(pattern: str) -> list[Path]:
    """Files of the console that we wrote: vendored libraries speak for themselves."""
    return [path for path in sorted(CONSOLE.glob(pattern)) if "vendor" not in path.relative_to(CONSOLE).parts]


SOURCES = [*_ours("static/**/*.js"), *_ours("templates/**/*.html")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HOLE = re.compile(r"\{\d\}")


def test_every_word_is_there_in_both_languages() -> None:
    for key, pair in words.catalogue()["words"].items():
        assert len(pair) == 2 and all(pair), key
        assert sorted(HOLE.findall(pair[0])) == sorted(HOLE.findall(pair[1])), key
        assert key == "other_language" or not CHINESE.search(pair[1]), key
        assert key == "other_language" or CHINESE.search(pair[0]) or not re.search("[a-z]{3}", pair[0]), key


def test_every_word_that_is_used_is_in_the_catalogue() -> None:
    known = words.catalogue()["words"]
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        used = re.findall(r"""\bword\(["']([a-z_0-9]+)["']""", text)
        used += re.findall(r"""\bword: ["']([a-z_0-9]+)["']""", text)  # columns of tables
        used += re.findall(r"""\b(?:field|form)\(["'][a-z_]+["'], ["']([a-z_0-9]+)["']""", text)
        used += re.findall(r'data-word(?:-label)?="([a-z_]+)"', text)
        assert not [key for key in used if key not in known], source.name


def test_every_word_of_the_protocol_has_a_name_on_the_screen() -> None:
    known = words.catalogue()["words"]
    for prefix, values in {
        "kind": vocabulary.ALARM_KINDS,
        "activation": vocabulary.ACTIVATIONS,
        "outcome": vocabulary.OUTCOMES,
        "technical": (
            *vocabulary.TECHNICAL_KINDS,
            supervision_rules.BROKER_DOWN,
            supervision_rules.ALARM_UNKNOWN,
        ),
    }.items():
        assert not [value for value in values if f"{prefix}_{value}" not in known], prefix


def test_scripts_and_templates_hold_no_words_of_their_own() -> None:
    for source in SOURCES:
        assert not CHINESE.search(source.read_text(encoding="utf-8")), source.name


def _sentences_of_the_relay() -> set[str]:
    """Every sentence that a route or a rule raises, read from the source; what is filled in stands as "7"."""
    raised = ("HTTPException", "IllegalOrder", "Refused", "BadPlan", "ClaimRefused", "WalkRefused")
    found: set[str] = set()
    for source in sorted((CONSOLE.parent).rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in raised:
                for argument in node.args:
                    found |= {text for text in _texts(argument) if re.search(r"[.!]$", text) and " " in text}
    return found


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = [_texts(node.left) or ["7"], _texts(node.right) or ["7"]]
        return [left + right for left in both[0] for right in both[1]]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return []


def test_refusals_of_the_relay_are_known_in_chinese() -> None:
    sentences = {*alarm_rules._REMEDY.values(), *alarm_rules._REMEDY_ELSE.values(), *_sentences_of_the_relay()}
    assert len(sentences) > 40
    assert not [one for one in sorted(sentences) if words.server_sentence(one, "zh") == one]
    assert words.server_sentence(
        "Wang Wei has acknowledged this alarm already. Speak with them; you can still send somebody.", "zh"
    ).startswith("Wang Wei 已经接警")
    assert words.server_sentence("Something new.", "zh") == "Something new."


def test_details_of_faults_are_known_in_chinese() -> None:
    told = ("raised 2, stored 1", "512 MB left", "30 h old", "none", "3 alarms", "alarm 7", "build 41: forged")
    told += ("entry 5: the row was changed", "60 hubs, 1 differ; 9 entries, head 00ff", "the home said no more")
    assert not [one for one in told if words.server_sentence(one, "zh") == one]


def test_the_drawn_picture_and_its_places_are_up_to_date() -> None:
    assert draw_picture.PICTURE.read_text(encoding="utf-8") == draw_picture.picture()
    assert draw_picture.PLACES.read_text(encoding="utf-8") == draw_picture.places_module()


def test_sixty_homes_lie_apart_on_the_picture() -> None:
    assert len(PLACES) == len({place["label"] for place in PLACES}) == 60
    spots = [(place["x"] * 1600, place["y"] * 1000) for place in PLACES]
    assert all(20 < x < 1580 and 20 < y < 980 for x, y in spots)
    nearest = min(abs(complex(*a) - complex(*b)) for i, a in enumerate(spots) for b in spots[:i])
    assert nearest > 30


def test_nothing_is_fetched_from_elsewhere_or_written_into_the_page() -> None:
    for source in [*SOURCES, *_ours("static/**/*.css")]:
        text = source.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text and "https://" not in text, source.name
        assert not re.search(r"""\sstyle=|\son[a-z]+="|innerHTML|eval\(|<script>""", text), source.name
