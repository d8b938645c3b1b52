"""From a frame in the air to what it means: trigger devices, their objects, and the reflex."""
