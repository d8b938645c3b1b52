"""What survives a power cut on raw flash: how records lie in a segment, and the two slots of the settings."""
