"""Orientation (flux.md §8): which holder gets the next dwelling, with the counters, the deviation and its bound."""
