"""Read models built again from the journal, beside those that people read, compared, then put in their place."""
