"""The ground: the words that hub, relay and installer share. Pure; runs on MicroPython and CPython."""
