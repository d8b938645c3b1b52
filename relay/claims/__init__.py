"""Hubs from the bench to a dwelling: made, claimed by an installer, enrolled."""
