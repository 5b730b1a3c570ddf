"""What a caller may see of a list: the grant as a condition on its rows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, bindparam, false, or_, true

from services.chassis.access.permissions import Extent


@dataclass(frozen=True, slots=True)
class Reach:
    """propre, autre: how far the right goes on the organisation's own rows and on the others'; communes: its territory."""

    organisation: str
    propre: Extent
    autre: Extent
    communes: frozenset[str]

    def where(self, owner: ColumnElement[Any], commune: ColumnElement[Any]) -> ColumnElement[bool]:
        """The rows that the caller may see. owner: column of the owning organisation; commune: of the INSEE code."""
        own = owner == self.organisation
        return or_(and_(own, self._inside(self.propre, commune)), and_(~own, self._inside(self.autre, commune)))

    def _inside(self, extent: Extent, commune: ColumnElement[Any]) -> ColumnElement[bool]:
        match extent:
            case Extent.OUI:
                return true()
            case Extent.NON:
                return false()
            case Extent.TERRITOIRE:
                # One array whatever the number of communes, so that the statement stays the same.
                return commune == any_(bindparam(None, sorted(self.communes), type_=ARRAY(Text), unique=True))
