"""The same relay, but for one thing: each event is committed by itself. What group commit is measured against."""

import sys

from relay import __main__, database
from relay.intake.beats import Beats

database.BATCH_MAX = 1
Beats.is_plain = staticmethod(lambda heard: False)  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(__main__.main())
