"""The kinds of calculation, one module a family of formulas."""
