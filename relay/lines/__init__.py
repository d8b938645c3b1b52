"""Each relay's line to the broker: who hears the homes, and who does what happens by itself."""
