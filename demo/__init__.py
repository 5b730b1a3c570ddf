"""The demonstration region: an outside client of the services, with the data that it feeds them."""
