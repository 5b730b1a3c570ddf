"""What connects the scoring core to files, databases and the other services."""
