"""The tables, the mail server, the register, the receivers."""
