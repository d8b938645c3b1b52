"""Dwellings, residents, contacts: who is protected and who is called."""
