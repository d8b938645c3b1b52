"""Plays a story: a real kernel with its journal, and a real relay on its own database, in virtual time.

What the kernel publishes while the link is up and the relay listens is taken in at once, as the intake does it; what
the relay answers goes back into the kernel. Between two lines time passes exactly as the kernel asks for it.
"""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk import HUB, Desk, Flash, plain_press, press
from hub import events as ev
from hub.senses.sensors import Device
from protocol import messages, topics
from protocol import vocabulary as words
from story_reader import Line

from relay import app, sample
from relay.alarms import rules as alarm_rules
from relay.alarms import store as alarm_store
from relay.alarms import views
from relay.alarms import worker as alarm_worker
from relay.database import Database, Transaction
from relay.escalation import worker as escalation_worker
from relay.intake import rules as intake_rules
from relay.intake import worker as intake
from relay.keys import Keys

MIDNIGHT_UTC_MS = 20_780 * 86_400_000 - 8 * 3_600_000  # a midnight at +8 h
BED, CORD, DETECTOR, MOTION, FRONT_DOOR, WATCH, BATHROOM = (
    "5448e68f80a5",
    "a4c138000001",
    "a4c138000002",
    "a4c138000003",
    "a4c138000004",
    "a4c138000005",
    "a4c138000006",
)
OBJECTS = {"smoke": 0x29, "gas": 0x1C, "co": 0x17, "water": 0x20}
KINDS = {"fall": words.FALL, "silence": words.INACTIVITY}
STAFF = {"operator": 1, "second operator": 2}


class StoryFault(AssertionError):
    """A claim of a story that does not hold; names the line."""


class Player:
    """One home and one relay. `play(line)` carries out one line and checks its claims."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="anling-story-")
        folder = Path(self._folder.name)
        self.relay = Database(folder / "relay.db", Keys(folder / "secrets.key"))
        self.relay.migrate(app.MIGRATIONS)
        self.relay.start()
        self._write(lambda transaction: self._people(transaction))
        self.flash = Flash()
        self.desk: Desk | None = None
        self.boot_ms = 0
        self.is_link_up = self.is_relay_up = False
        self.counter = 100
        self.seen = {"said": 0, "published": 0}
        self.sent = 0  # of desk.published: what the relay has been given

    def close(self) -> None:
        self.relay.close()
        self._folder.cleanup()

    def _write(self, work: Callable[[Transaction], Any]) -> Any:
        return self.relay.write(work).result(10)

    def _people(self, transaction: Transaction) -> None:
        secrets = {name: ("-", "-") for name, *_ in sample.STAFF}
        sample.fill(transaction, 1, secrets)

    # --- time --------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The relay's clock, UTC ms."""
        assert self.desk is not None
        return MIDNIGHT_UTC_MS + self.boot_ms + self.desk.now_ms

    def play(self, line: Line) -> None:
        if self.desk is None:
            self._boot(line.at_ms)
        assert self.desk is not None
        self.seen = {"said": len(self.desk.said), "published": len(self.desk.published)}
        self._pass_until(line.at_ms)
        try:
            self._do(line.event)
            for claim in line.claims:
                self._claim(claim)
        except (StoryFault, ValueError) as fault:
            raise StoryFault(f"line {line.number}: {line.event}: {fault}") from None

    def _boot(self, at_ms: int) -> None:
        self.boot_ms = at_ms
        self.desk = Desk(self.flash, epoch="0000000b" if self.desk else "0000000a")
        self.seen = {"said": 0, "published": 0}
        kernel = self.desk.kernel
        for address, kind in ((DETECTOR, "detector"), (MOTION, "motion"), (FRONT_DOOR, "door"), (WATCH, "wearable")):
            kernel.devices[address] = Device(address, kind, None, None, None)
        kernel.devices[BATHROOM] = Device(BATHROOM, "motion", None, None, None)
        kernel.devices[BATHROOM].watch = "bathroom"
        for device in kernel.devices.values():
            device.overdue_ms = 400 * 86_400_000  # a story that wants supervision says "supervise"
        self.sent = 0
        self.desk.give(ev.Wake(), 0)
        self._carry()

    def _pass_until(self, at_ms: int) -> None:
        """Wake the kernel each time that it asks, and let the relay do what it does by itself."""
        assert self.desk is not None
        end_ms = at_ms - self.boot_ms
        while True:
            due_ms = self.desk.kernel.next_wake_ms()
            if due_ms is None or due_ms > end_ms:
                break
            self.desk.give(ev.Wake(), max(due_ms, self.desk.now_ms))
            self._carry()
        self.desk.now_ms = end_ms
        self._write(lambda transaction: escalation_worker.tick(transaction, self.now))

    # --- between home and relay ----------------------------------------------------------------------

    def _carry(self) -> None:
        """Bring what was published to the relay, and its answers back, until both are quiet."""
        assert self.desk is not None
        while self.sent < len(self.desk.published):
            word, message = self.desk.published[self.sent]
            self.sent += 1
            if not (self.is_link_up and self.is_relay_up):
                continue
            topic, payload = topics.up(self.hub_id, word), messages.encode(message)
            heard = intake_rules.read(topic, payload)
            if not isinstance(heard, intake_rules.Heard):
                raise StoryFault(f"the relay cannot read {word}: {heard.reason}")
            taken = self._write(lambda tx: intake.take(tx, heard, topic, payload, self.now))  # noqa: B023
            for down_word, down in taken.down:
                self.desk.down(down_word, down)

    @property
    def hub_id(self) -> str:
        return HUB

    def _tell_again(self) -> None:
        assert self.desk is not None
        with self.relay.read() as reader:
            behind = alarm_store.untold(reader, self.now - alarm_worker.TOLD_AGAIN_MS)
            down = [views.down_message(reader, one, alarm_rules.step_of(one)) for one in behind]
        for message in down:
            self.desk.down(topics.ALARM, message)

    # --- what happens --------------------------------------------------------------------------------

    def _do(self, event: str) -> None:
        for pattern, work in EVENTS:
            found = re.fullmatch(pattern, event)
            if found:
                work(self, *found.groups())
                self._carry()
                return
        known = ", ".join(pattern for pattern, _ in EVENTS)
        raise ValueError(f"nothing known happens by {event!r}; known: {known}")

    def give(self, event: Any) -> None:
        assert self.desk is not None
        self.desk.give(event)

    def press(self, where: str, how: str | None) -> None:
        assert self.desk is not None
        self.counter += 1
        code = {None: 1, "double": 2, "triple": 3, "long": 4, "hold": 0x80}[how.strip() if how else None]
        if where == "wired":
            self.give(ev.WiredPressed())
        elif where == "bed":
            self.desk.hear(BED, press(self.counter, code))
        else:
            self.desk.hear(CORD, plain_press(self.counter & 255, code))

    def sense(self, address: str, object_id: int, value: int) -> None:
        assert self.desk is not None
        self.counter += 1
        self.desk.hear(address, bytes([0x44, 0x00, self.counter & 255, object_id, value]))

    def link(self, state: str) -> None:
        self.is_link_up = state == "up"
        self.is_relay_up = self.is_relay_up or self.is_link_up
        self.give(ev.LinkUp() if self.is_link_up else ev.LinkDown("cut"))

    def relay_is(self, state: str) -> None:
        self.is_relay_up = state == "up"
        if self.is_relay_up:
            self._tell_again()

    def restart(self) -> None:
        assert self.desk is not None
        self._boot(self.boot_ms + self.desk.now_ms)
        self.give(ev.LinkUp() if self.is_link_up else ev.LinkDown("cut"))

    def clock(self) -> None:
        self.give(ev.ClockSet(self.now))

    def supervise(self, minutes: str) -> None:
        assert self.desk is not None
        for device in self.desk.kernel.devices.values():
            device.alive_ms = self.desk.now_ms
            device.overdue_ms = int(minutes) * 60_000

    def order(self, who: str, what: str, number: str, detail: str | None = None, **given: Any) -> None:
        assert self.desk is not None
        alarm = self.relay_alarm(int(number))
        by = STAFF[who]

        def work(tx: Transaction) -> Any:
            done = alarm_store.carry_out(
                tx, alarm["alarm_id"], sample.COMMUNITY_ID, what, by, self.now, detail, **given
            )
            assert done is not None
            before, after = done
            return [views.down_message(tx, after, step) for step in alarm_rules.down_steps(before, after)]

        try:
            down = self._write(work)
        except alarm_rules.IllegalOrder as fault:
            raise StoryFault(str(fault)) from None
        for message in down:
            if self.is_link_up and self.is_relay_up:
                self.desk.down(topics.ALARM, message)

    # --- what must be so -----------------------------------------------------------------------------

    def relay_alarms(self) -> list[dict[str, Any]]:
        with self.relay.read() as reader:
            return reader.rows("SELECT * FROM alarms ORDER BY alarm_id")

    def relay_alarm(self, number: int) -> dict[str, Any]:
        rows = self.relay_alarms()
        if number > len(rows):
            raise StoryFault(f"the relay has {len(rows)} alarms, not {number}")
        return rows[number - 1]

    def _claim(self, claim: str) -> None:
        for pattern, work in CLAIMS:
            found = re.fullmatch(pattern, claim)
            if found:
                work(self, *found.groups())
                return
        known = ", ".join(pattern for pattern, _ in CLAIMS)
        raise ValueError(f"no such claim: {claim!r}; known: {known}")


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise StoryFault(f"{what} is {found!r}, not {wanted!r}")


def _voice(player: Player, prompt: str) -> None:
    assert player.desk is not None
    said = player.desk.said[player.seen["said"] :]
    if prompt.replace(" ", "_") not in said:
        raise StoryFault(f"the voice said {said!r}, not {prompt!r}")


def _quiet(player: Player) -> None:
    assert player.desk is not None
    _same("what the voice said", player.desk.said[player.seen["said"] :], [])


def _home_alarm(player: Player, number: str, step: str) -> None:
    assert player.desk is not None
    published = [m for word, m in player.desk.published if word == topics.ALARM]
    seqs = sorted({m["alarm"] for m in published} | {one.seq for one in player.desk.kernel.alarms})
    number_of = int(number)
    if number_of > len(seqs):
        raise StoryFault(f"the home has had {len(seqs)} alarms, not {number}")
    found = [one.state for one in player.desk.kernel.alarms if one.seq == seqs[number_of - 1]] or ["over"]
    _same(f"alarm {number} in the home", found[0].replace("_", " "), step)


def _published(player: Player, step: str) -> None:
    assert player.desk is not None
    new = [m["step"] for w, m in player.desk.published[player.seen["published"] :] if w == topics.ALARM]
    if step.replace(" ", "_").replace("-", "_") not in new:
        raise StoryFault(f"published were {new!r}, not {step!r}")


def _kept(player: Player, count: str) -> None:
    assert player.desk is not None
    on_flash = Desk(player.flash.copy(), epoch="0000000c").kernel.outbox.messages
    alarms = [one for one in on_flash if one.is_alarm]
    _same("alarm messages kept on flash", len(alarms), int(count))


def _technical(player: Player, kind: str, state: str) -> None:
    with player.relay.read() as reader:
        rows = reader.rows("SELECT closed_at FROM technical_alarms WHERE kind = ?", (kind.replace(" ", "_"),))
    is_open = any(row["closed_at"] is None for row in rows)
    _same(f"the relay's technical alarm {kind!r}", "open" if is_open else "over" if rows else "unknown", state)


def _relay_count(player: Player, count: str) -> None:
    _same("alarms at the relay", len(player.relay_alarms()), int(count))


def _relay_step(player: Player, number: str, step: str) -> None:
    _same(f"alarm {number} at the relay", player.relay_alarm(int(number))["step"].replace("_", " "), step)


def _relay_field(player: Player, number: str, field: str, value: str) -> None:
    _same(f"{field} of alarm {number} at the relay", str(player.relay_alarm(int(number))[field]), value)


def _sound(player: Player, pattern: str) -> None:
    assert player.desk is not None
    _same("the sound", player.desk.sounds[-1], pattern)


def _lamp(player: Player, pattern: str) -> None:
    assert player.desk is not None
    _same("the lamp", player.desk.lights[-1], pattern)


EVENTS: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"link (up|down)", Player.link),
    (r"relay (up|down)", Player.relay_is),
    (r"hub restarts", Player.restart),
    (r"clock is set", Player.clock),
    (r"wake|time passes", lambda player: player.give(ev.Wake())),
    (r"press (bed|cord|wired)( double| triple| long| hold)?", Player.press),
    (r"cancel pressed", lambda player: player.give(ev.CancelPressed())),
    (r"test call asked for", lambda player: player.give(ev.TestAsked())),
    (r"(fall|silence) suspected", lambda player, kind: player.give(ev.Suspected(KINDS[kind], WATCH))),
    (r"(fall|silence) recovered", lambda player, kind: player.give(ev.AllWell(KINDS[kind], WATCH))),
    (r"(smoke|gas|co|water) begins", lambda player, what: player.sense(DETECTOR, OBJECTS[what], 1)),
    (r"(smoke|gas|co|water) ends", lambda player, what: player.sense(DETECTOR, OBJECTS[what], 0)),
    (r"silence is watched", lambda player: player.desk.kernel.watch_silence({}, player.desk.now_ms)),
    (r"motion in the bathroom", lambda player: player.sense(BATHROOM, 0x21, 1)),
    (r"front door (opens|closes)", lambda player, how: player.sense(FRONT_DOOR, 0x1A, int(how == "opens"))),
    (r"motion", lambda player: player.sense(MOTION, 0x21, 1)),
    (r"mains lost", lambda player: player.give(ev.MainsLost())),
    (r"mains restored", lambda player: player.give(ev.MainsRestored())),
    (r"battery at (\d+) %", lambda player, pct: player.give(ev.PowerRead(int(pct), int(pct) * 14))),
    (r"supervise every (\d+) minutes", Player.supervise),
    (r"sensor beacon", lambda player: player.sense(MOTION, 0x01, 90)),
    (
        r"(operator|second operator) acknowledges (\d+)",
        lambda player, who, number: player.order(who, alarm_rules.ACKNOWLEDGE, number),
    ),
    (
        r"(operator|second operator) sends somebody to (\d+) in (\d+) minutes",
        lambda player, who, number, minutes: player.order(
            who, alarm_rules.ASSIGN, number, None, assigned_to=2, minutes=int(minutes)
        ),
    ),
    (
        r"(operator|second operator) sees arrival at (\d+)",
        lambda player, who, number: player.order(who, alarm_rules.ARRIVED, number),
    ),
    (
        r"(operator|second operator) closes (\d+) with (\w+)",
        lambda player, who, number, outcome: player.order(
            who, alarm_rules.CLEAR, number, outcome, outcome=outcome, note=""
        ),
    ),
)
CLAIMS: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"sound (\w+)", _sound),
    (r"lamp (\w+)", _lamp),
    (r'voice "([a-z_ ]+)"', _voice),
    (r"voice quiet", _quiet),
    (r"alarm (\d+) (raised|received|acknowledged|on the way|arrived|pre alarm|over)", _home_alarm),
    (r"(raised|pre-alarm|cancelled|restored) published", _published),
    (r"(\d+) kept on flash", _kept),
    (r"technical ([a-z ]+) (open|over|unknown)", _technical),
    (r"(\d+) alarms? at the relay", _relay_count),
    (r"relay (\d+) (raised|pre alarm|acknowledged|on the way|arrived|cleared|cancelled)", _relay_step),
    (r"relay (\d+) (condition|activations|kind) (\w+)", _relay_field),
)
