"""The Bluetooth radio, and the wearables that are connected to."""
