"""New firmware for hubs: packages, stages, how far each hub is."""
