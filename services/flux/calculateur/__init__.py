"""The calculator: JSON in, exact arithmetic, JSON out, every fault with its pointer; for the command line and HTTP."""
