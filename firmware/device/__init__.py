"""The edge on the board: radio, sounder, lamp, journal, settings, uplink. Drivers never decide."""
