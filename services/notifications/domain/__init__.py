"""Pure: what is due to whom, through which channel, when to try again."""
