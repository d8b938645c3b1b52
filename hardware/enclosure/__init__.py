"""The case: printed parts, made from the places that [enclosure] in hub.toml gives to everything."""
