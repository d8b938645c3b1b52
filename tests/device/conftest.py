"""Fixtures of the device's tests: brokers of their own, ended when the test ends."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
