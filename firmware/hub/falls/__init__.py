"""Falls, out of what a wearable's accelerometer says. Imported only where a wearable streams its motion."""
