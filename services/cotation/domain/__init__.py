"""The pure core of the scoring service: grids, results, explanations; no clock, no input, no output."""
