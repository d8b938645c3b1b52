"""Neighbours carry each other's alarms: who asks whom, what is passed on, and what is refused. Pure.

A hub without a way out seeks one (SEEK to all); a neighbour that has one offers it (OFFER with a fresh challenge); the
sealed envelope goes there (CARRY with that challenge), up to the relay, and the relay's own sealed answers come back
the same way (BACK). A neighbour without a way out seeks on, HOPS_MAX hubs at most.

Rule 1. Only who knows the stairwell's key is listened to; only the relay and its own hub can read an envelope.
Rule 2. A CARRY needs a challenge that is still open, an OFFER or BACK the token of a question of ours: what was
recorded earlier answers no question. Each envelope is taken once, whatever way it comes; our own never.
Rule 3. Everything is bounded: questions and envelopes a second, what waits, what is remembered.
Retries are the outbox's business: each try is a new envelope, and the relay takes (hub_id, epoch, seq) in once.

Ref: hub/stairwell/frames.py, protocol/envelope.py.
"""

from protocol import ccm, envelope, messages

from . import frames

HOPS_MAX = 2
TRY_MS = (2000, 4000, 8000, 15000, 30000)
SEEK_MS = 500  # between two questions while something waits
OPEN_MS = 10000  # a challenge, a question, a waiting letter
ROUTE_MS = 3600000  # answers find their way back for an hour: until help has come
WINDOW_MS = 1000
ANSWERS_MAX = 8  # questions answered in a window
CARRIED_MAX = 6  # envelopes passed on in a window, of all neighbours
LETTERS_MAX, REMEMBERED, ROUTES_MAX, PIECES_HELD = 8, 64, 8, 6
TO_ALL = None


class Neighbour:
    """One hub's part. Shape: `stairwell` and `own` block ciphers of the two keys; `random(n)` bytes; times in ms.

    Outputs are tuples: ("send", mac or None, frame), ("up", envelope), ("down", word, message)."""

    def __init__(self, hub_id, stairwell, own, random):
        self._hub_id = hub_id
        self._stairwell = stairwell
        self._own = own
        self._random = random
        self.has_way_out = False
        self.refused = {}  # reason: how often
        self._tries = {}  # seq of ours: (tries, when last)
        self._letters = []  # (envelope, hops, until) that wait for an offer
        self._tokens = []  # (token, answers until, offers until): our questions
        self._sought_ms = None
        self._asked = []  # (mac, token, until, hops): whose question we pass on
        self._challenges = []  # (challenge, mac, until) that we gave out
        self._routes = []  # (hub_id, mac, token, until): the way back
        self._pieces = frames.Pieces(PIECES_HELD)
        self._seen = []  # nonces of envelopes and tokens of questions
        self._window_ms = 0
        self._answers = self._carried = 0
        self._letter = 0
        self._out = []

    # --- what the edge calls ---------------------------------------------------------------------------

    def carry(self, seq, word, message, now_ms):
        """One of our own alarms wants a way out; call as often as you like, it is tried at its times."""
        tries, last_ms = self._tries.get(seq, (0, None))
        if last_ms is not None and now_ms - last_ms < TRY_MS[min(tries - 1, len(TRY_MS) - 1)]:
            return
        if len(self._tries) > REMEMBERED:
            self._tries.clear()
        self._tries[seq] = (tries + 1, now_ms)
        nonce = self._random(ccm.NONCE_LENGTH)
        try:
            body = messages.encode(message)
            sealed = envelope.seal(self._own, nonce, envelope.UP, self._hub_id, word, body)
        except messages.BadMessage:
            self._refuse("too_large")
            return
        self._remember(nonce)
        self._post(sealed, HOPS_MAX, now_ms)

    def tick(self, now_ms):
        """Call every 200 ms or so. Returns outputs."""
        self._forget(now_ms)
        wants = self._letters or self._asked
        if wants and (self._sought_ms is None or now_ms - self._sought_ms >= SEEK_MS):
            self._seek(now_ms)
        return self._give()

    def receive(self, mac, frame, now_ms):
        """A frame came from that address. Returns outputs; never raises on what came from outside."""
        found = frames.unseal(self._stairwell, frame)
        if found is None:
            self._refuse("not_ours")
            return []
        self._forget(now_ms)
        kind, body = found
        _KINDS[kind](self, bytes(mac), body, now_ms)
        return self._give()

    def back(self, sealed, now_ms):
        """An envelope for a neighbour came from the relay. Returns outputs."""
        self._forget(now_ms)
        self._on_down(sealed, now_ms)
        return self._give()

    # --- asking ----------------------------------------------------------------------------------------

    def _seek(self, now_ms):
        hops = max([letter[1] for letter in self._letters] + [hops for _, _, _, hops in self._asked])
        token = self._random(frames.TOKEN)
        self._sought_ms = now_ms
        self._tokens = self._tokens[-7:] + [(token, now_ms + ROUTE_MS, now_ms + OPEN_MS)]
        self._remember(token)
        self._send(TO_ALL, frames.SEEK, token + bytes((hops,)))

    def _on_offer(self, mac, body, now_ms):
        token, challenge = body[: frames.TOKEN], body[frames.TOKEN :]
        if not any([t == token and now_ms < open_ms for t, _, open_ms in self._tokens]):
            return self._refuse("offer_unasked")
        letters, self._letters = self._letters, []
        for sealed, hops, _ in letters:
            self._letter = (self._letter + 1) & 0xFF
            head = challenge + token + bytes((hops,))
            for part in frames.cut(head, self._letter, sealed):
                self._send(mac, frames.CARRY, part)
        asked, self._asked = self._asked, []
        for asker, question, _, _ in asked:
            if asker != mac:  # who has the way out needs none from us, least of all its own
                self._offer(asker, question, now_ms)

    # --- answering -------------------------------------------------------------------------------------

    def _on_seek(self, mac, body, now_ms):
        token, hops = body[: frames.TOKEN], body[frames.TOKEN]
        if token in self._seen:
            return self._refuse("seek_repeated")
        if hops > HOPS_MAX:
            return self._refuse("hops")
        self._remember(token)
        if not self._may("_answers", ANSWERS_MAX, now_ms):
            return self._refuse("seek_flood")
        if self.has_way_out:
            self._offer(mac, token, now_ms)
        elif hops > 0:
            self._asked = self._asked[-3:] + [(mac, token, now_ms + 4 * SEEK_MS, hops - 1)]
            if self._sought_ms is None or now_ms - self._sought_ms >= SEEK_MS:
                self._seek(now_ms)

    def _offer(self, mac, token, now_ms):
        challenge = self._random(frames.TOKEN)
        self._challenges = self._challenges[-15:] + [(challenge, mac, now_ms + OPEN_MS)]
        self._send(mac, frames.OFFER, token + challenge)

    def _on_carry(self, mac, body, now_ms):
        challenge, body = body[: frames.TOKEN], body[frames.TOKEN :]
        if not any([c == challenge and m == mac for c, m, _ in self._challenges]):
            return self._refuse("carry_unasked")
        token, hops, letter, place, count = body[: frames.TOKEN], body[8], body[9], body[10], body[11]
        if hops > HOPS_MAX:
            return self._refuse("hops")
        sealed = self._pieces.put((mac, token, letter), place, count, body[12:])
        if sealed is None:
            return
        found = envelope.address(sealed)
        if found is None or found[0] != envelope.UP:
            return self._refuse("no_envelope")
        if found[1] == self._hub_id or found[2] in self._seen:
            return self._refuse("looped")
        if not self._may("_carried", CARRIED_MAX, now_ms):
            return self._refuse("carry_flood")
        self._remember(found[2])
        self._routes = [r for r in self._routes if r[0] != found[1]][1 - ROUTES_MAX :]
        self._routes.append((found[1], mac, token, now_ms + ROUTE_MS))
        if self.has_way_out:
            self._out.append(("up", sealed))
        elif hops > 0:
            self._post(sealed, hops - 1, now_ms)
        else:
            self._refuse("hops")

    # --- the way back ----------------------------------------------------------------------------------

    def _on_back(self, mac, body, now_ms):
        token = body[: frames.TOKEN]
        if not any([t == token for t, _, _ in self._tokens]):
            return self._refuse("back_unasked")
        sealed = self._pieces.put((mac, token, body[8]), body[9], body[10], body[11:])
        if sealed is not None:
            self._on_down(sealed, now_ms)

    def _on_down(self, sealed, now_ms):
        found = envelope.address(sealed)
        if found is None or found[0] != envelope.DOWN:
            return self._refuse("no_envelope")
        if found[2] in self._seen:
            return self._refuse("back_repeated")
        if found[1] == self._hub_id:
            try:
                word, message = envelope.unseal(self._own, envelope.DOWN, sealed)
            except messages.BadMessage:
                return self._refuse("broken_seal")
            self._remember(found[2])
            self._out.append(("down", word, message))
            return
        for hub_id, mac, token, _ in self._routes:
            if hub_id == found[1]:
                self._remember(found[2])
                self._letter = (self._letter + 1) & 0xFF
                for part in frames.cut(token, self._letter, sealed):
                    self._send(mac, frames.BACK, part)
                return
        self._refuse("no_route")

    # --- bounds ----------------------------------------------------------------------------------------

    def _post(self, sealed, hops, now_ms):
        self._letters = self._letters[1 - LETTERS_MAX :] + [(sealed, hops, now_ms + OPEN_MS)]

    def _may(self, counter, most, now_ms):
        if not 0 <= now_ms - self._window_ms < WINDOW_MS:
            self._window_ms = now_ms
            self._answers = self._carried = 0
        count = getattr(self, counter) + 1
        setattr(self, counter, count)
        return count <= most

    def _forget(self, now_ms):
        self._letters = [it for it in self._letters if now_ms < it[2]]
        self._asked = [it for it in self._asked if now_ms < it[2]]
        self._challenges = [it for it in self._challenges if now_ms < it[2]]
        self._tokens = [it for it in self._tokens if now_ms < it[1]]
        self._routes = [it for it in self._routes if now_ms < it[3]]

    def _remember(self, nonce):
        self._seen = self._seen[1 - REMEMBERED :] + [nonce]

    def _refuse(self, reason):
        self.refused[reason] = self.refused.get(reason, 0) + 1

    def _send(self, mac, kind, body):
        nonce = self._random(ccm.NONCE_LENGTH)
        self._out.append(("send", mac, frames.seal(self._stairwell, nonce, kind, body)))

    def _give(self):
        out, self._out = self._out, []
        return out


_KINDS = {
    frames.SEEK: Neighbour._on_seek,
    frames.OFFER: Neighbour._on_offer,
    frames.CARRY: Neighbour._on_carry,
    frames.BACK: Neighbour._on_back,
}
