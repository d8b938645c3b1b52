"""The relay with a wall clock that a test can set: as many ms off as the file ANLING_TEST_CLOCK says."""

import os
import pathlib
import sys

from relay import clock

_real = clock.now_ms
_file = pathlib.Path(os.environ["ANLING_TEST_CLOCK"])


def now_ms() -> int:
    return _real() + int(_file.read_text() or 0)


clock.now_ms = now_ms  # before anybody imports it by name

if __name__ == "__main__":
    from relay import __main__

    sys.exit(__main__.main())
