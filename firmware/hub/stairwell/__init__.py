"""Neighbours that carry sealed alarms for each other."""
