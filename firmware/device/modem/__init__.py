"""The cellular modem: a second way out, by short message and by TCP. Imported only where the settings name one."""
