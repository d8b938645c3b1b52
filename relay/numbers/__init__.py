"""The service measured by its own yardsticks: answering, arriving, outcomes, availability."""
