"""Hubs and their devices: who may speak for a home."""
