"""The routes of the register: translate, call, answer. No rule lives here."""
