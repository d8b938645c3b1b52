"""What the home hears and sees: the one sound and light, the words, and which sentence goes first."""
