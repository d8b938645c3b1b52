"""Finding a home in a hurry: by who rings, by a name, by its initials, by an address."""
