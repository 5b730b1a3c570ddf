"""What a process says of itself: structured logs, metrics, traces, health; never a person's data."""
