"""The arithmetic of reservation quotas: pure functions on exact fractions, no clock, no I/O."""
