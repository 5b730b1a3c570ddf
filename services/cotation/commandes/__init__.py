"""What the `logis grille` commands share: bounded files, batches of facts, printing."""
