"""What a request may hold, beyond its types: days that a calendar can add months to, identifiers that a table can hold."""

from datetime import date
from typing import Annotated

from pydantic import Field

Jour = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""A legal day."""

Identifiant = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$", examples=["trois-rivieres-habitat"])]
"""An organisation or a holder of the region's directory."""

Rpls = Annotated[str, Field(pattern=r"^[0-9A-Z]{10}$", examples=["6711000001"])]
"""The identifier of a dwelling in the RPLS."""
