"""Homes, their people and help nearby, in and out as tables."""
