"""Hubs as belongings: one that is lost or stolen is put out of the system."""
