"""Publication: what of a journal other services and partners may read, and the two ways it reaches them."""
