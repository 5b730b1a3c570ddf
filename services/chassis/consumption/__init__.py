"""Consumption: reading another service's published events with effects that happen once."""
