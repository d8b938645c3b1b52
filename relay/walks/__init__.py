"""Walk tests: each device of a home proven from its real place, and the certificate of it."""
