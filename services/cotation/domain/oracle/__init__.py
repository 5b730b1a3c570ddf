"""The scalar oracle: `docs/cotation.md` followed step by step, the judge of the compiled engines."""

from services.cotation.domain.oracle.evaluation import evaluer

__all__ = ["evaluer"]
