"""Whatever happens in whatever order: no open alarm without a next time, none lost, none doubled, none held by nobody.

A hypothesis state machine on a real database: homes press, press again, take back, repeat themselves and come late;
staff order what they like; the relay dies between two commits; the wall clock jumps.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from database_parts import rows
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from protocol import messages, topics
from protocol import vocabulary as words

from relay import sample
from relay.alarms import rules as alarm_rules
from relay.alarms import store as alarm_store
from relay.app import open_database
from relay.escalation import rules as escalation_rules
from relay.escalation import worker as escalation_worker
from relay.intake import rules as intake_rules
from relay.intake import worker as intake_worker
from relay.notify import store as notify_store

COMMUNITY = "c-qinghe"
HUBS = ("hub-0001", "hub-0002")
EPOCH = "0a1b2c3d"
START = 1_800_000_000_000
LONGEST_MS = 3600_000 + 999 * 60_000  # the plan's longest step, or the most minutes somebody may say
staff_ids = st.integers(1, len(sample.STAFF))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A folder with three homes: each life begins with a copy."""
    folder = tmp_path_factory.mktemp("filled")
    database = open_database(folder)
    passwords = {name: ("clear", "hash") for name, *_ in sample.STAFF}
    database.write(lambda tx: sample.fill(tx, 3, passwords)).result()
    database.close()
    return folder


class Life(RuleBasedStateMachine):
    def __init__(self, filled):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = START
        self.seq = dict.fromkeys(HUBS, 0)
        self.said: dict[tuple[str, int], dict] = {}
        for path in filled.iterdir():
            shutil.copy(path, self.folder.name)
        self.database = open_database(Path(self.folder.name))

    def teardown(self):
        self.database.close()
        self.folder.cleanup()

    # --- what happens ---

    def _say(self, hub, message):
        payload = messages.encode(message)
        topic = topics.up(hub, topics.ALARM)
        heard = intake_rules.read(topic, payload)
        assert isinstance(heard, intake_rules.Heard), heard
        self.said[(hub, message["seq"])] = message
        at = self.now
        taken = self.database.write(lambda tx: intake_worker.take(tx, heard, topic, payload, at)).result()
        assert taken.down and taken.down[0][0] == topics.RECEIPT

    @rule(
        hub=st.sampled_from(HUBS),
        back=st.integers(0, 4),
        step=st.sampled_from((words.RAISED, words.RAISED, words.PRE_ALARM, words.CANCELLED, words.RESTORED)),
        kind=st.sampled_from((words.HELP, words.FALL, words.SMOKE, words.TEST)),
    )
    def home_says(self, hub, back, step, kind):
        self.seq[hub] += 1
        seq = self.seq[hub]
        earlier = [m["alarm"] for (h, _), m in self.said.items() if h == hub]
        alarm = earlier[-back] if back and back <= len(earlier) else seq
        self._say(hub, messages.alarm(EPOCH, seq, alarm, kind, step, None, words.PRESS, 10, None))

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def home_repeats(self, data):
        hub, seq = data.draw(st.sampled_from(sorted(self.said)))
        self._say(hub, self.said[(hub, seq)])

    @rule(
        alarm_id=st.integers(1, 6),
        what=st.sampled_from(alarm_rules.ORDERS),
        by=staff_ids,
        to=staff_ids,
        minutes=st.none() | st.integers(1, 240),
        outcome=st.none() | st.sampled_from(("false_alarm", "helped")),
        other=st.integers(1, 6),
    )
    def staff_orders(self, alarm_id, what, by, to, minutes, outcome, other):
        given = {
            alarm_rules.ASSIGN: {"assigned_to": to, "minutes": minutes},
            alarm_rules.ARRIVED: {"arrived_by": "word"},
            alarm_rules.RESOLVE: {"outcome": outcome},
            alarm_rules.CLEAR: {"outcome": outcome} if outcome else {},
            alarm_rules.MERGE: {"merged_into": other},
        }.get(what, {})
        at = self.now
        try:
            self.database.write(
                lambda tx: alarm_store.carry_out(tx, alarm_id, COMMUNITY, what, by, at, **given)
            ).result()
        except alarm_rules.IllegalOrder as refusal:
            assert str(refusal).endswith(".")

    @rule(ms=st.integers(1, 7_200_000))
    def time_passes(self, ms):
        self.now += ms

    @rule(ms=st.integers(-40_000_000, 40_000_000))
    def clock_jumps(self, ms):
        self.now += ms
        if ms < 0:  # what the ticker does when it sees that, or starts after it
            self.database.write(lambda tx: escalation_worker.clock_set_back(tx, self.now)).result()

    @rule()
    def relay_dies_and_comes_back(self):
        """Between two commits; a real process killed at any point is in test_relay_life_kill.py."""
        self.database.close()
        self.database = open_database(Path(self.folder.name))
        self.database.write(lambda tx: escalation_worker.clock_set_back(tx, self.now)).result()

    @rule()
    def outbox_works(self):
        taken = self.database.write(lambda tx: notify_store.take_due(tx, self.now)).result()
        for row in taken:
            self.database.write(
                lambda tx, row=row: notify_store.keep_failure(tx, row, "none", "no way", False, self.now)
            ).result()

    # --- what always holds ---

    @invariant()
    def each_open_alarm_has_a_next_time_and_each_closed_one_a_reason(self):
        while self.database.write(lambda tx: escalation_worker.tick(tx, self.now)).result():
            pass
        with self.database.read() as reader:
            assert alarm_store.late(reader, self.now + 1) == 0
        for row in rows(self.database, "SELECT * FROM alarms"):
            if row["is_open"]:
                assert self.now < row["next_at"] <= self.now + LONGEST_MS, row
                assert row["closed_at"] is None
            else:
                assert row["next_at"] is None and row["closed_at"] is not None
                is_taken_back = row["condition"] == alarm_rules.RETURNED and (
                    row["is_pre_alarm"] or row["kind"] == words.TEST or row["activations"] == 1
                )
                assert row["outcome"] or row["work"] == alarm_rules.MERGED or is_taken_back, row
            if row["step"] in (words.ACKNOWLEDGED, words.ON_THE_WAY, words.ARRIVED):
                assert row["acknowledged_by"] is not None
            if row["work"] in (alarm_rules.ASSIGNED, alarm_rules.ACCEPTED):
                assert row["assigned_to"] is not None

    @invariant()
    def what_was_said_is_kept_once_and_alarms_are_what_was_raised(self):
        kept = rows(self.database, "SELECT hub_id, seq FROM intake")
        assert sorted((row["hub_id"], row["seq"]) for row in kept) == sorted(self.said)
        found = rows(self.database, "SELECT hub_id, alarm_seq, round FROM alarms")
        assert {(row["hub_id"], row["alarm_seq"]) for row in found} == {
            (hub, message["alarm"]) for (hub, _), message in self.said.items()
        }
        raised = rows(self.database, "SELECT alarm_id FROM alarm_history WHERE what IN ('raised', 'raised_again')")
        presses = [m for m in self.said.values() if m["step"] == words.RAISED]
        assert len(raised) <= len(presses) + len(found)  # a repeat raises nothing

    @invariant()
    def no_order_went_without_a_person(self):
        marks = ", ".join(f"'{one}'" for one in alarm_rules.ORDERS)
        assert not rows(self.database, f"SELECT * FROM alarm_history WHERE what IN ({marks}) AND by IS NULL")


@pytest.mark.parametrize("seed", range(2))
def test_an_alarm_lives_through_anything(seed, filled):
    run_state_machine_as_test(
        lambda: Life(filled),
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_a_clock_set_back_delays_no_step(database):
    """The relay's clock ran an hour ahead and was set: the next step comes within its own wait, not an hour later."""
    from database_parts import alarm_message, say

    ahead = START + 3_600_000
    say(database, topics.ALARM, alarm_message(1), now=ahead)
    database.write(lambda tx: escalation_worker.tick(tx, ahead)).result()
    database.write(lambda tx: escalation_worker.clock_set_back(tx, START)).result()
    (row,) = rows(database, "SELECT next_at FROM alarms")
    assert START < row["next_at"] <= START + max(s.wait_s for s in escalation_rules.DEFAULT) * 1000
    (hub,) = rows(database, "SELECT heard_at FROM hubs WHERE hub_id = 'hub-0001'")
    assert hub["heard_at"] == START
