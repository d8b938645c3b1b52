"""Makers: each turns hub.toml into one kind of file. None reads a clock, so the same source gives the same bytes."""
