"""Ways to reach people. Each sender takes one message and says what became of it."""
