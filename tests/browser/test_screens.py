"""Each screen, in both languages, at three widths, by day and by night: complete, readable, within reach."""

from collections.abc import Iterator

import pytest
from browser_parts import Hub
from looking import Looked, look
from screens import LANGUAGES, SCREENS, WIDTHS, Screen
from world import World


@pytest.fixture(scope="module")
def world(relay) -> Iterator[World]:
    given = [relay.sample["hubs"].pop() for _ in range(3)]
    made: list[Hub] = []

    def make_hub() -> Hub:
        made.append(Hub(relay, given[len(made)]))
        return made[-1]

    lived = World(relay, make_hub).begin()
    yield lived
    lived.end()
    for hub in made:
        hub.stop()
    relay.sample["hubs"][:0] = given


@pytest.fixture(scope="module")
def looked(browser, world, request) -> Iterator[Looked]:
    """Opened once for its three widths."""
    screen, language = request.param
    with look(browser, world, screen, language) as opened:
        yield opened


def _name(value: tuple[Screen, str]) -> str:
    return f"{value[0].name}-{value[1]}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("looked", [(s, la) for s in SCREENS for la in LANGUAGES], ids=_name, indirect=True)
def test_a_screen_is_whole_by_day_and_night(looked: Looked, width: int) -> None:
    looked.resize(width)
    faults = looked.faults()
    if looked.language == "zh":  # the colours of the night are the same in every language
        faults += looked.faults_by_night()
    assert not faults, "\n".join(faults)


def test_what_is_wrong_with_a_screen_is_found(browser, world) -> None:
    """The claim above can fail: each kind of fault, made on purpose, is told."""
    with look(browser, world, SCREENS[0], "en", 390) as opened:
        assert opened.faults() + opened.faults_by_night() == []
        opened.page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><p id=pale>pale</p>')"
        )
        opened.page.evaluate("document.getElementById('pale').style.color = '#aaaaaa'")
        opened.page.evaluate("document.getElementById('pale').style.width = '900px'")
        opened.page.evaluate("document.querySelector('button').style.minHeight = '20px'")
        told = "\n".join(opened.faults())
    for part in ("button-name (critical)", "color-contrast (serious)", "sideways", "under 44 px"):
        assert part in told, told
