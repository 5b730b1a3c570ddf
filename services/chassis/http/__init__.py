"""The HTTP edge of a service: what comes in is bounded, named, authorised and logged; what is refused says why."""
