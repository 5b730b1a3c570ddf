"""One file per read model and version."""
