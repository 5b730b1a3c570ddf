"""What the flux service does, one file each."""
