"""Runs one test file under MicroPython: every test_ function, one JSON line each."""

import io
import json
import sys

path = sys.argv[1]
folder, _, name = path.rpartition("/")
sys.path.insert(0, folder)
module = __import__(name[:-3])
for test in sorted(dir(module)):
    if not test.startswith("test_") or not callable(getattr(module, test)):
        continue
    outcome, trace = "passed", ""
    try:
        getattr(module, test)()
    except Exception as fault:
        text = io.StringIO()
        sys.print_exception(fault, text)
        outcome, trace = "failed", text.getvalue()
    # Dicts are unordered here, and the reader looks for lines that start so.
    print('{"test": %s, "outcome": %s, "trace": %s}' % (json.dumps(test), json.dumps(outcome), json.dumps(trace)))
