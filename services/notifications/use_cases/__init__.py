"""One file per use case: load, decide, write."""
