"""The flux service's outside: files and pictures."""
