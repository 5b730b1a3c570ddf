"""The routes of the ledger: translate, call, answer. No rule lives here."""
