"""Read models: the releases, and what of them is offered to whom."""

from uuid import UUID

from services.flux.domain.liberation import Liberation, MiseADisposition
from services.flux.flots import LIBERATION
from services.flux.projections.table_d_etat import Rangee, TableDEtat


def _liberations(liberation: str, version: int, etat: Liberation) -> list[Rangee]:
    faits = etat.faits
    if faits is None:
        return []
    courante = etat.mises[-1] if etat.mises else None
    return [
        (
            UUID(liberation),
            version,
            faits.bailleur,
            faits.logement.rpls,
            faits.occurrence,
            faits.departement,
            faits.logement.commune,
            faits.logement.qpv,
            faits.logement.typologie,
            faits.neuf,
            etat.statut.value,
            etat.motif,
            faits.libere_le,
            courante.titulaire if courante else None,
            courante.organisation if courante else None,
            UUID(courante.id) if courante else None,
        )
    ]


LIBERATION_V1 = TableDEtat(
    "liberation_v1",
    LIBERATION,
    ("liberation",),
    {
        "liberation": "uuid",
        "version": "integer",
        "bailleur": "text",
        "rpls": "text",
        "occurrence": "integer",
        "departement": "text",
        "commune": "text",
        "qpv": "boolean",
        "typologie": "text",
        "neuf": "boolean",
        "statut": "text",
        "motif": "text",
        "libere_le": "date",
        "titulaire": "text",
        "organisation": "text",
        "mise_a_disposition": "uuid",
    },
    _liberations,
)


def etat_de(mise: MiseADisposition) -> str:
    """Where an offer stands: `OUVERTE`, `RENDUE` or `LOUEE`."""
    if mise.louee:
        return "LOUEE"
    return "OUVERTE" if mise.rendue is None else "RENDUE"


def _mises(liberation: str, version: int, etat: Liberation) -> list[Rangee]:
    del version
    if etat.faits is None:
        return []
    return [
        (
            UUID(mise.id),
            UUID(liberation),
            mise.rang,
            etat.faits.bailleur,
            etat.faits.logement.commune,
            mise.titulaire,
            mise.organisation,
            mise.convention,
            mise.compte,
            mise.sequence,
            etat_de(mise),
            mise.le,
            mise.designer_avant,
            mise.attendue and not mise.propre,
        )
        for mise in etat.mises
    ]


MISE_A_DISPOSITION_V1 = TableDEtat(
    "mise_a_disposition_v1",
    LIBERATION,
    ("mise_a_disposition",),
    {
        "mise_a_disposition": "uuid",
        "liberation": "uuid",
        "rang": "integer",
        "bailleur": "text",
        "commune": "text",
        "titulaire": "text",
        "organisation": "text",
        "convention": "text",
        "compte": "text",
        "sequence": "text",
        "etat": "text",
        "le": "date",
        "designer_avant": "date",
        "attendue": "boolean",
    },
    _mises,
)
