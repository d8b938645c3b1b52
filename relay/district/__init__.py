"""A whole district at once: its communities, every home as a point, its buildings door by door, help nearby."""
