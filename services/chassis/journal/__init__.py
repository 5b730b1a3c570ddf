"""The journal: the only truth of a service, in the order in which its readers see it."""
