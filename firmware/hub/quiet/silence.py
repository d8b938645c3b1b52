"""Too quiet for too long? Decides when a home is asked whether all is well, and when nobody has answered.

Rule 1. No learning exceeds the hard limits: DAY_MS without any sign, BATHROOM_MS in the bathroom, BED_MS in bed.
Rule 2. Who went out of the door is away; that too has an end (AWAY_MS, or when they said that they come back, at most
        AWAY_TOLD_MS), and the first sign of life ends it at once.
Rule 3. A watch whose sensors are silent is blind: it says so and raises nothing. What it did not see counts as neither
        life nor silence. With one of them gone it trusts the hard limits alone. A clock that is not trusted costs the
        learning, never the limits.
Rule 4. An alarm that was closed without a sign of life is no answer: the ladder begins anew, for who is at home after
        the hard limit, for who is away after AGAIN_AWAY_MS.
The ladder: asked softly, asked aloud, then suspected: a pre-alarm, and an alarm when nobody takes it back. Each step
waits STEP_MS. Times are ms; `local_ms` is the home's wall clock, or None. It must not know devices or messages.
"""

from .rhythm import Rhythm

HOUR_MS = 3600000
DAY_MS, AWAY_MS, BATHROOM_MS, BED_MS = 12 * HOUR_MS, 48 * HOUR_MS, HOUR_MS, 12 * HOUR_MS
AWAY_TOLD_MS = 30 * 24 * HOUR_MS
AGAIN_AWAY_MS = 7 * 24 * HOUR_MS
AWAY_NEW_MS = 24 * HOUR_MS  # away, before anything is known of this home
LEAST_MS = 3 * HOUR_MS  # nobody is asked sooner, however lively the home
OUT_MS = 600000  # the door, then nothing for so long: somebody went out
STEP_MS = 300000
ASK, ASK_ALOUD, SUSPECT = "ask", "ask_aloud", "suspect"
STEPS = (ASK, ASK_ALOUD, SUSPECT)
BATHROOM, BED = "bathroom", "bed"


class Silence:
    """One home's watch. Shape: `limits` {"day_ms", "away_ms", "bathroom_ms", "bed_ms"}, each at most the hard limit."""

    def __init__(self, now_ms, limits=None, data=None):
        limits = limits or {}
        self.rhythm = Rhythm(data)
        self._day_ms = min(DAY_MS, limits.get("day_ms", DAY_MS))
        self._away_ms = min(AWAY_MS, limits.get("away_ms", AWAY_MS))
        self._bathroom_ms = min(BATHROOM_MS, limits.get("bathroom_ms", BATHROOM_MS))
        self._bed_ms = min(BED_MS, limits.get("bed_ms", BED_MS))
        self.life_ms = now_ms  # the last sign; a start counts as one until something better is known
        self.back_ms = None  # when they said that they come back; None: they said nothing
        self._begin = None  # (hour, day) at which the present silence began; None: not known
        self._is_learnable = False
        self._is_door = False  # the last sign was the front door, and nobody lay in bed
        self._bathroom_since_ms = None
        self._bed_since_ms = None
        self._step = 0  # how many steps of the ladder are taken
        self._step_ms = 0  # when the last one was
        self.is_partly_blind = self.is_blind = False
        self._blind_ms = 0  # since when

    # --- signs of life ------------------------------------------------------------------------------

    def lived(self, now_ms, local_ms, is_door=False, watch=None):
        """Somebody has shown that they live. True when they had been asked."""
        gap_ms = now_ms - self.life_ms
        if self._is_learnable and self._begin is not None and not self.is_partly_blind:
            self.rhythm.learn(self._begin[0], self._begin[1], gap_ms)
        self.life_ms = now_ms
        self._begin = None if local_ms is None else (local_ms // HOUR_MS % 24, local_ms // (24 * HOUR_MS))
        self._is_learnable = True
        self._is_door = is_door and self._bed_since_ms is None  # somebody else went, who lies in bed did not
        if watch == BATHROOM:
            if self._bathroom_since_ms is None:
                self._bathroom_since_ms = now_ms
        elif watch != BED:
            self._bathroom_since_ms = None
        was_asked = self._step > 0
        self._step, self._step_ms = 0, 0
        if was_asked and self._bathroom_since_ms is not None:
            self._bathroom_since_ms = now_ms  # answered from in there: counted anew
        if was_asked and self._bed_since_ms is not None:
            self._bed_since_ms = now_ms
        return was_asked

    def lay(self, now_ms, is_in_bed):
        """The bed says whether somebody is in it."""
        if not is_in_bed:
            self._bed_since_ms = None
        elif self._bed_since_ms is None:
            self._bed_since_ms = now_ms

    def known_life(self, life_ms):
        """A start has learned when the last sign before it was."""
        if life_ms < self.life_ms:
            self.life_ms = life_ms
            self._begin, self._is_learnable = None, False

    def clock_changed(self):
        """Whatever begins at a wrong hour teaches nothing."""
        self._begin, self._is_learnable = None, False

    def blinded(self, is_partly, is_wholly, now_ms):
        """Are sensors of life silent? A silence that they did not see all of teaches nothing, and goes on afterwards:
        one that comes and goes all day must not begin it anew each time."""
        if is_wholly and not self.is_blind:
            self._blind_ms = now_ms
        elif self.is_blind and not is_wholly:
            self._later(now_ms - max(self._blind_ms, self.life_ms))
        if is_partly or self.is_partly_blind:
            self._begin, self._is_learnable = None, False
        self.is_partly_blind, self.is_blind = is_partly, is_wholly

    def _later(self, span_ms):
        """All that is waited for begins so much later."""
        self.life_ms += span_ms
        self._step_ms += span_ms
        if self._bathroom_since_ms is not None:
            self._bathroom_since_ms += span_ms
        if self._bed_since_ms is not None:
            self._bed_since_ms += span_ms

    # --- limits ---------------------------------------------------------------------------------------

    def is_away(self, now_ms):
        return self._is_door and now_ms - self.life_ms >= OUT_MS

    def limit_ms(self):
        """How long this silence may last."""
        if self._is_door and self.back_ms is not None:
            return max(self._usual_ms(), min(self.back_ms - self.life_ms, AWAY_TOLD_MS))
        return self._usual_ms()

    def _usual_ms(self):
        hard_ms = self._away_ms if self._is_door else self._day_ms
        new_ms = min(hard_ms, AWAY_NEW_MS)
        if self._begin is None or self.is_partly_blind:
            return new_ms
        usual_ms = self.rhythm.usual_ms(self._begin[0], self._begin[1])
        if usual_ms is None:
            return new_ms
        return min(hard_ms, max(LEAST_MS, usual_ms + usual_ms // 3 + HOUR_MS))

    def _due_ms(self):
        """When the home is to be asked."""
        due_ms = self.life_ms + self.limit_ms()
        if self._bathroom_since_ms is not None:
            due_ms = min(due_ms, self._bathroom_since_ms + self._bathroom_ms)
        if self._bed_since_ms is not None:
            due_ms = min(due_ms, self._bed_since_ms + self._bed_ms)
        return due_ms

    # --- the ladder -----------------------------------------------------------------------------------

    def next_ms(self):
        """When `tick` has something to do; None while blind."""
        if self.is_blind:
            return None
        if self._step == 0:
            return self._due_ms()
        if self._step < len(STEPS):
            return self._step_ms + STEP_MS
        return self._step_ms + (AGAIN_AWAY_MS if self._is_door else self._day_ms)

    def tick(self, now_ms):
        """The step of the ladder that is due now, or None."""
        due_ms = self.next_ms()
        if due_ms is None or now_ms < due_ms:
            return None
        self._step = self._step % len(STEPS) + 1
        self._step_ms = now_ms
        return STEPS[self._step - 1]
