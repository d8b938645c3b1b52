"""What a console shows: board, card, live events."""
