"""What a hub is made of: `hub.toml` is the one source, `python -m hardware build` makes the rest from it."""
