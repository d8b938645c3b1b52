"""The voice: which recorded clips a sentence is made of, and how they get out of the loudspeaker."""
