"""The routes of the scoring: translate, call, answer. No rule lives here."""
