"""Reactions to what other services publish."""
