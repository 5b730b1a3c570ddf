"""How an orientation is told: the suggestion, the decision, the counters of each holder, the deviation and its bound."""

from datetime import date
from fractions import Fraction
from uuid import UUID

from pydantic import BaseModel, Field

from services.flux.domain.droits import Partage
from services.flux.domain.orientation.decision import Compteur, Decision, Portee, Regle


class CompteurLu(BaseModel):
    """One holder after the decision. part, credit: exact fractions, in dwellings; credit above 0: it is owed dwellings."""

    titulaire: str
    organisation: str | None
    part: str
    credit: str
    orientes: int
    engages: int
    rendus: int
    eligible: bool


class OrientationLue(BaseModel):
    """A decision, taken or to be taken. Deviations are exact fractions of a dwelling: `ecart_max <= borne` always."""

    liberation: UUID
    perimetre: str = Field(description="Clé de la suite : epci:SIREN:département ou commune:INSEE.")
    exercice: int
    rang: int = Field(description="Numéro de l'orientation dans la suite, à partir de 1.")
    suggestion: str
    retenu: str
    motif: str | None
    regle: Regle
    ecart_max: str
    borne: str
    portee: Portee
    compteurs: list[CompteurLu]
    mise_a_disposition: UUID | None = None
    designer_avant: date | None = None


def orientation_lue(liberation: UUID, partage: Partage, decision: Decision) -> OrientationLue:
    """The decision as it is told."""
    return OrientationLue(
        liberation=liberation,
        perimetre=partage.perimetre,
        exercice=decision.exercice,
        rang=decision.rang,
        suggestion=decision.suggestion,
        retenu=decision.retenu,
        motif=decision.motif,
        regle=decision.regle,
        ecart_max=str(decision.ecart_max),
        borne=str(decision.borne),
        portee=decision.portee,
        compteurs=[_compteur(compteur, partage) for compteur in decision.compteurs],
    )


def _compteur(compteur: Compteur, partage: Partage) -> CompteurLu:
    droit = partage.droit(compteur.titulaire)
    part = Fraction(0) if droit is None else droit.part
    return CompteurLu(
        titulaire=compteur.titulaire,
        organisation=None if droit is None else droit.organisation,
        part=str(part),
        credit=str(compteur.credit),
        orientes=compteur.orientes,
        engages=compteur.engages,
        rendus=compteur.rendus,
        eligible=compteur.eligible,
    )
