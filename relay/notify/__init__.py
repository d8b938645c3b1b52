"""Telling people: an outbox in the alarm's own transaction, senders, what became of each attempt."""
