"""The demonstration's scenario: what integrators, landlords and desks do over HTTP, and what the region answers."""
