"""The routes of the notifications: translate, call, answer. No rule lives here."""
