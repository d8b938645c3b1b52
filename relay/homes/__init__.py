"""Homes and the people in them, kept by hand and by table."""
