"""What a new contract takes from those who rely on the old one: each break by its name."""

from services.contrats.rupture.asyncapi import ruptures_d_asyncapi
from services.contrats.rupture.openapi import ruptures_d_openapi
from services.contrats.rupture.schemas import ruptures_de_schema
from services.contrats.rupture.situation import ruptures_de_situation

__all__ = ["ruptures_d_asyncapi", "ruptures_d_openapi", "ruptures_de_schema", "ruptures_de_situation"]
