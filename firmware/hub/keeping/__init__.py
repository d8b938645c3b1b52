"""What outlives a restart: its records, and the way back from them."""
