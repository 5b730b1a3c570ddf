"""The vault: personal facts are written sealed, each demande and each person under its own key."""
