"""The bench over ninety days, in short: few false alarms, every collapse noticed, and a watch that is deaf is seen."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import silence
from hub.quiet.silence import HOUR_MS


@pytest.mark.parametrize("kind", silence.KINDS)
def test_ninety_days_bring_few_false_alarms_and_every_collapse_is_noticed(kind: str) -> None:
    results = [silence.live(kind, seed) for seed in range(100, 103)]
    assert sum(result.false_alarms for result in results) <= 9  # one a home and month
    for result in results:
        assert len(result.delays_ms) >= 40
        # 12 hours, the ladder, the pre-alarm; who was believed to be out has the longer limit
        assert max(result.delays_ms) <= 12.2 * HOUR_MS, kind


def test_a_watch_that_learns_nothing_is_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = silence.live("early_riser", 1)
    monkeypatch.setattr("hub.quiet.rhythm.Rhythm.usual_ms", lambda *_: None)
    deaf = silence.live("early_riser", 1)
    middle = len(usual.delays_ms) // 2
    assert sorted(deaf.delays_ms)[middle] > 2 * sorted(usual.delays_ms)[middle]
