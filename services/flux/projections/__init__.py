"""One file per read model and version."""

from services.chassis.events.unit_of_work import Projection
from services.flux.projections.compte_v1 import COMPTE_V1, EcritureV1
from services.flux.projections.convention_v1 import CONVENTION_V1
from services.flux.projections.liberation_v1 import LIBERATION_V1, MISE_A_DISPOSITION_V1
from services.flux.projections.logement_v1 import LOGEMENT_V1
from services.flux.projections.sequence_v1 import SEQUENCE_V1
from services.flux.projections.table_d_etat import TableDEtat

TABLES: tuple[TableDEtat, ...] = (
    LOGEMENT_V1,
    CONVENTION_V1,
    LIBERATION_V1,
    MISE_A_DISPOSITION_V1,
    SEQUENCE_V1,
    COMPTE_V1,
)
PROJECTIONS: tuple[Projection, ...] = (*TABLES, EcritureV1())
