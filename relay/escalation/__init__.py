"""When nobody answers: the next person, at a fixed time, until somebody does."""
