"""An installer at the end of a cable: lines of the serial console, read while the window is open. Decides nothing.

Whoever holds the cable has the hub in hand; the channel asks them for the label's secret all the same.
Ref: protocol/cable.py; MicroPython sys.stdin, of which one byte is asked for at a time: more would block until all
came.
"""

import asyncio
import sys

from protocol import cable


def tell(message):
    """Put a message on the line."""
    sys.stdout.write(cable.write(message).decode())


async def listen(first, heard):
    """`heard(message)` for each one that comes. Shape: `first` what was typed until now."""
    lines = cable.Lines()
    lines.take(first)
    try:
        reader = asyncio.StreamReader(sys.stdin.buffer)
        while True:
            data = await reader.read(1)
            if not data:
                return
            for message in lines.take(data):
                heard(message)
    except OSError as fault:
        print("install: no cable:", fault)
