"""Alarms: from raised to cleared, with a history that only grows."""
