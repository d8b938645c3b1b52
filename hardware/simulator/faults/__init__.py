"""`python -m simulator faults`: each fault through the real firmware, and what home and relay had of it, as a table."""
