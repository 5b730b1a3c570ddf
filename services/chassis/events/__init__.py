"""Stored events as objects: their names, their shapes over time, their sealed part, and the unit of work that writes them."""
