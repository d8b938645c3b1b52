"""Who works in a community, as what; and the tokens of programs."""
