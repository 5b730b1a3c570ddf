"""Read model: the park, one row a dwelling."""

from services.flux.domain.logement import Logement
from services.flux.flots import LOGEMENT
from services.flux.projections.table_d_etat import Rangee, TableDEtat


def _rangees(rpls: str, version: int, logement: Logement) -> list[Rangee]:
    fiche = logement.fiche
    if fiche is None:
        return []
    return [
        (
            rpls,
            version,
            fiche.bailleur,
            fiche.identifiant_bailleur,
            fiche.commune,
            fiche.qpv,
            fiche.typologie,
            fiche.financement,
            fiche.surface_m2,
            fiche.annee_achevement,
            fiche.loyer_centimes,
            fiche.contingent,
            logement.hors_flux.value if logement.hors_flux else None,
            logement.millesime,
        )
    ]


LOGEMENT_V1 = TableDEtat(
    "logement_v1",
    LOGEMENT,
    ("rpls",),
    {
        "rpls": "text",
        "version": "integer",
        "bailleur": "text",
        "identifiant_bailleur": "text",
        "commune": "text",
        "qpv": "boolean",
        "typologie": "text",
        "financement": "text",
        "surface_m2": "integer",
        "annee_achevement": "integer",
        "loyer_centimes": "integer",
        "contingent": "text",
        "hors_flux": "text",
        "millesime": "integer",
    },
    _rangees,
)
