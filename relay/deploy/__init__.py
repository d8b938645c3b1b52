"""What a relay in service stands on: the broker's files, made from the registry; units, proxy and timers."""
