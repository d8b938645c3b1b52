"""Hubs of one stairwell carry each other's alarms: over a fake air, with real frames, real keys and an enemy."""

from claims import Random, aes
from desk import Desk
from hub import events
from hub.stairwell import frames, neighbour
from hub.stairwell.neighbour import Neighbour
from protocol import envelope, messages, topics

STAIRWELL = bytes(range(16))
FOREIGN = bytes(range(100, 116))
EPOCH = "0a1b2c3d"


def own_key(name):
    return bytes([ord(name)]) * 16


def alarm(seq):
    return messages.alarm(EPOCH, seq, seq, "help", "raised", "5448e68f80a5", "press", 0, None)


class Air:
    """Some hubs within range of each other; `deaf` pairs are not. The relay opens what comes up, and receipts it."""

    def __init__(self, *names):
        chance = Random(5)
        self.hubs = {name: Neighbour("hub-" + name, aes(STAIRWELL), aes(own_key(name)), chance.data) for name in names}
        self.deaf = set()
        self.now_ms = 0
        self.recorded = []  # (from, to or None, frame): what an enemy heard
        self.up = []  # (carrier, hub name, message)
        self.down = []  # (hub name, word, message)
        self.sealed = []
        self.lose = 0  # so many of the next frames
        self.chance = chance
        self.relay_answers = True

    def mac(self, name):
        return name.encode() * 6

    def act(self, name, outputs):
        for output in outputs:
            if output[0] == "send":
                self.recorded.append((name, output[1], output[2]))
                assert len(output[2]) <= frames.FRAME_MAX
                if self.lose:
                    self.lose -= 1
                    continue
                self.fly(name, output[1], output[2])
            elif output[0] == "up":
                self.at_relay(name, output[1])
            else:
                self.down.append((name, output[1], output[2]))

    def fly(self, name, mac, frame):
        for other in sorted(self.hubs):
            if other != name and (name, other) not in self.deaf and mac in (None, self.mac(other)):
                self.act(other, self.hubs[other].receive(self.mac(name), frame, self.now_ms))

    def at_relay(self, carrier, sealed):
        self.sealed.append(sealed)
        owner = envelope.address(sealed)[1][4:]
        word, message = envelope.unseal(aes(own_key(owner)), envelope.UP, sealed)
        assert word == topics.ALARM
        self.up.append((carrier, owner, message))
        if self.relay_answers:
            self.answer(carrier, owner, messages.receipt(EPOCH, message["seq"]), topics.RECEIPT)

    def answer(self, carrier, owner, message, word):
        body = messages.encode(message)
        nonce = self.chance.data(13)
        sealed = envelope.seal(aes(own_key(owner)), nonce, envelope.DOWN, "hub-" + owner, word, body)
        self.act(carrier, self.hubs[carrier].back(sealed, self.now_ms))
        return sealed

    def press(self, name, seq=1):
        self.hubs[name].carry(seq, topics.ALARM, alarm(seq), self.now_ms)

    def let(self, ms):
        """Time passes; everybody ticks."""
        for _ in range(ms // 200):
            self.now_ms += 200
            for name in sorted(self.hubs):
                self.act(name, self.hubs[name].tick(self.now_ms))


def two():
    air = Air("a", "b")
    air.hubs["b"].has_way_out = True
    return air


def test_an_alarm_goes_out_by_the_neighbour_and_its_receipt_comes_back():
    air = two()
    air.press("a")
    air.let(200)
    assert [(carrier, owner, m["seq"]) for carrier, owner, m in air.up] == [("b", "a", 1)]
    assert [(name, word, m["seq"]) for name, word, m in air.down] == [("a", topics.RECEIPT, 1)]


def test_the_later_steps_come_back_too():
    air = two()
    air.press("a")
    air.let(200)
    air.let(600000)
    air.answer("b", "a", messages.step(EPOCH, 1, "on_the_way", "李敏", 6), topics.ALARM)
    assert air.down[-1][2]["who"] == "李敏"


def test_nothing_that_flies_or_that_the_neighbour_holds_can_be_read():
    air = two()
    air.press("a")
    air.let(200)
    for frame in [f for _, _, f in air.recorded] + air.sealed:
        for text in (b"help", b"raised", EPOCH.encode(), b"5448e68f80a5"):
            assert text not in frame
    for sealed in air.sealed:  # nor with the keys that the neighbour has
        for key in (STAIRWELL, own_key("b")):
            try:
                envelope.unseal(aes(key), envelope.UP, sealed)
            except messages.BadMessage:
                continue
            raise AssertionError("the neighbour can read it")


def test_lost_frames_are_made_good_by_the_next_tries():
    for lose in range(1, 5):
        air = two()
        air.lose = lose
        air.press("a")
        air.let(200)
        for _ in range(40):
            air.press("a")
            air.let(200)
        assert air.down, lose


def test_a_second_neighbour_carries_what_the_first_cannot():
    air = Air("a", "b", "c")
    air.hubs["c"].has_way_out = True
    air.deaf = {("a", "c"), ("c", "a")}
    air.press("a")
    air.let(2000)
    assert [(carrier, owner) for carrier, owner, _ in air.up] == [("c", "a")]
    assert [(name, word) for name, word, _ in air.down] == [("a", topics.RECEIPT)]


def test_an_envelope_goes_over_two_hubs_at_most():
    for count, gets_out in ((3, True), (4, True), (5, False)):
        names = "abcdefgh"[:count]
        air = Air(*names)
        air.hubs[names[-1]].has_way_out = True
        air.deaf = {(p, q) for p in names for q in names if abs(ord(p) - ord(q)) > 1}
        air.press("a")
        air.let(4000)
        assert bool(air.up) == gets_out, count


def test_hubs_that_have_no_way_out_do_not_carry_in_circles():
    air = Air("a", "b", "c", "d")
    air.press("a")
    air.let(20000)
    assert air.up == []
    assert len(air.recorded) < 400  # questions only, so many in a time
    assert [f for f in air.recorded if len(f[2]) > 100] == []  # and no envelope flew


def test_a_try_comes_again_at_its_times_and_each_is_a_new_envelope():
    air = two()
    air.relay_answers = False
    times = []
    for _ in range(600):
        before = len(air.up)
        air.press("a")
        air.let(200)
        if len(air.up) > before:
            times.append(air.now_ms // 1000)
    assert times[:5] == [0, 2, 6, 14, 29], times
    assert len(set(air.sealed)) == len(air.sealed)


def test_forged_frames_change_nothing():
    air = two()
    enemy = Random(9)
    air.press("a")
    air.let(200)
    before = (len(air.up), len(air.recorded))
    for _, _, frame in list(air.recorded):
        for at in range(len(frame)):
            bad = bytes([b ^ 1 if i == at else b for i, b in enumerate(frame)])
            assert air.hubs["b"].receive(b"e" * 6, bad, air.now_ms) == []
    for _ in range(300):
        junk = enemy.data(enemy.below(260))
        assert air.hubs["b"].receive(b"e" * 6, b"\xa1" + junk, air.now_ms) == []
        foreign = frames.seal(aes(FOREIGN), enemy.data(13), frames.SEEK, enemy.data(8) + b"\x02")
        assert air.hubs["b"].receive(b"e" * 6, foreign, air.now_ms) == []
    assert (len(air.up), len(air.recorded)) == before
    assert air.hubs["b"].refused["not_ours"] > 300


def test_replayed_frames_are_refused_at_once_and_later():
    air = two()
    air.press("a")
    air.let(200)
    recorded = list(air.recorded)
    for pause_ms in (0, 5000, 60000, 4000000):
        air.let(pause_ms % 100000)
        air.now_ms += pause_ms
        before = (len(air.up), len(air.down))
        for _ in range(3):
            for name, mac, frame in recorded:
                air.fly(name, mac, frame)
                air.fly("e", mac, frame)  # from an address of the enemy's own
        assert (len(air.up), len(air.down)) == before, pause_ms
    for reason in ("seek_repeated", "looped", "carry_unasked", "back_repeated"):
        assert reason in air.hubs["a"].refused or reason in air.hubs["b"].refused, reason


def test_a_replay_after_the_carriers_restart_is_refused():
    air = two()
    air.press("a")
    air.let(200)
    recorded = list(air.recorded)
    fresh = Neighbour("hub-b", aes(STAIRWELL), aes(own_key("b")), Random(77).data)
    fresh.has_way_out = True
    air.hubs["b"] = fresh
    for name, mac, frame in recorded:
        air.fly(name, mac, frame)
    assert len(air.up) == 1 and fresh.refused["carry_unasked"] > 0


def test_our_own_envelope_is_never_taken_from_a_neighbour():
    air = two()
    sealed = envelope.seal(aes(own_key("b")), bytes(13), envelope.UP, "hub-b", topics.ALARM, messages.encode(alarm(1)))
    air.hubs["a"]._post(sealed, 2, 0)
    air.let(400)
    assert air.up == [] and air.hubs["b"].refused == {"looped": 1}


def member_floods(air, count):
    """A hub of the stairwell gone mad: it knows the key, and asks and sends without end."""
    for n in range(count):
        air.act(
            "b",
            air.hubs["b"].receive(
                b"m" * 6,
                frames.seal(aes(STAIRWELL), air.chance.data(13), frames.SEEK, air.chance.data(8) + b"\x02"),
                air.now_ms,
            ),
        )


def test_a_flood_of_questions_is_answered_so_many_times_a_second():
    air = two()
    member_floods(air, 500)
    offers = [f for name, mac, f in air.recorded if name == "b"]
    assert len(offers) == neighbour.ANSWERS_MAX
    assert air.hubs["b"].refused["seek_flood"] == 500 - neighbour.ANSWERS_MAX
    air.now_ms += 1000
    air.press("a")
    air.let(200)
    assert len(air.up) == 1


def test_a_flood_of_envelopes_is_carried_so_many_times_a_second_and_memory_stays_bounded():
    air = two()
    air.relay_answers = False
    hub = air.hubs["b"]
    for n in range(200):
        air.press("a", 1000 + n)
        if n % 8 == 7:
            air.hubs["a"]._sought_ms = None
            air.act("a", air.hubs["a"].tick(air.now_ms))
    assert len(air.up) <= neighbour.CARRIED_MAX
    for held in (hub._seen, hub._challenges, hub._routes, hub._pieces._held, hub._asked, air.hubs["a"]._letters):
        assert len(held) <= neighbour.REMEMBERED
    assert len(air.hubs["a"]._tries) <= neighbour.REMEMBERED + 1


def test_what_asks_for_more_hops_than_there_are_is_refused_and_the_last_hop_is_the_last():
    air = two()
    hub = air.hubs["b"]

    def give(kind, body):
        out = hub.receive(b"m" * 6, frames.seal(aes(STAIRWELL), air.chance.data(13), kind, body), air.now_ms)
        return [frames.unseal(aes(STAIRWELL), it[2]) for it in out if it[0] == "send"]

    token = bytes(range(8))
    assert give(frames.SEEK, token + bytes((neighbour.HOPS_MAX + 1,))) == [] and hub.refused == {"hops": 1}
    sealed = envelope.seal(aes(own_key("a")), bytes(13), envelope.UP, "hub-a", topics.ALARM, messages.encode(alarm(1)))
    for hops, has_way_out in ((neighbour.HOPS_MAX + 1, True), (0, False)):
        hub.has_way_out = True
        air.now_ms += 2000
        offer = give(frames.SEEK, air.chance.data(8) + b"\x01")[0]
        hub.has_way_out = has_way_out  # lost between the offer and the letter
        head = offer[1][8:] + token + bytes((hops,))
        before = hub.refused["hops"]
        for part in frames.cut(head, 1, sealed):
            assert give(frames.CARRY, part) == []
        assert hub.refused["hops"] > before and hub._letters == [], hops


def test_what_is_no_envelope_is_refused():
    air = two()
    for sealed in (b"", b"\x01", bytes(40), b"\x01\x44\x05hub-b" + bytes(30)):
        assert air.hubs["b"].back(sealed, 0) == []
    assert air.hubs["b"].refused == {"no_envelope": 3, "broken_seal": 1}


def test_an_answer_for_a_hub_that_we_never_carried_for_goes_nowhere():
    air = two()
    air.answer("b", "a", messages.receipt(EPOCH, 1), topics.RECEIPT)
    assert air.hubs["b"].refused == {"no_route": 1} and air.recorded == []


def test_every_hostile_body_under_the_right_key_is_survived():
    """A member gone mad again: any kind, any length, any numbers."""
    air = two()
    chance = Random(13)
    for kind in (0, frames.SEEK, frames.OFFER, frames.CARRY, frames.BACK, 5, 255):
        for size in range(0, 228, 3):
            frame = frames.seal(aes(STAIRWELL), chance.data(13), kind, chance.data(size))
            air.hubs["b"].receive(b"m" * 6, frame, air.now_ms)
            air.hubs["a"].receive(b"m" * 6, frame, air.now_ms)
    air.now_ms += 1000
    air.press("a")
    air.let(200)
    assert len(air.up) == 1


def stranded(desk, now_ms):
    return [(seq, word, message["age_ms"]) for seq, word, message in desk.kernel.stranded(now_ms)]


def test_an_alarm_without_a_link_is_stranded_at_once_and_one_with_a_link_after_ten_seconds():
    desk = Desk()
    desk.give(events.WiredPressed(), 1000)
    assert stranded(desk, 1000) == [(1, topics.ALARM, 0)]
    desk.give(events.LinkUp(), 2000)
    assert stranded(desk, 2000) == [] and stranded(desk, 10999) == []
    assert stranded(desk, 11000) == [(1, topics.ALARM, 10000)]
    desk.receipt(1, 12000)
    assert stranded(desk, 12000) == []


def test_technical_matters_wait_for_a_line_of_our_own():
    desk = Desk()
    desk.give(events.MainsLost(), 0)
    assert desk.kernel.outbox.messages and stranded(desk, 99999) == []


def test_an_alarm_from_before_a_restart_is_stranded_too():
    desk = Desk()
    desk.give(events.WiredPressed(), 1000)
    again = desk.restart()
    assert stranded(again, 0) == [(1, topics.ALARM, None)]


def test_an_envelope_that_reaches_the_kernel_is_counted_and_harmless():
    desk = Desk()
    desk.down(topics.CARRIED, messages.carried(bytes(40)), 0)
    assert desk.kernel.alarms == []
