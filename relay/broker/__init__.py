"""The embedded MQTT broker, a supervised child process."""
