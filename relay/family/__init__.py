"""What a resident's family may see: that somebody went, and who looked at the card."""
