"""The reactions of the notifications: to published events, and to what falls due."""
