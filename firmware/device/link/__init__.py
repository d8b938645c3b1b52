"""The way out of the home: Wi-Fi, TLS, and an MQTT client of our own. Decides nothing about what it carries."""
