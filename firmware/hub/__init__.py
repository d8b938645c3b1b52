"""The kernel: event → rule → action. Pure integers in ms: no clock, no asyncio, no machine, no file."""
