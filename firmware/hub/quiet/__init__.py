"""Too quiet for too long: the rhythm of a home, and the ladder of questions."""
