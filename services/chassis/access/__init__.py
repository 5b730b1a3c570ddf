"""Who may do what: bearer tokens, the permission table of each service, and the journal of personal facts read."""
