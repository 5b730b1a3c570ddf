"""Kind on loan guarantees: rights of an operation split between its guarantors."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pydantic import Field

from services.flux.calculateur.affichage import Resultat, dictionnaire
from services.flux.calculateur.champs import Effectif, Jour, Nom, Parts, Pourcentage
from services.flux.calculateur.entrees import Controle, Entrees, inconnus, somme
from services.flux.calculateur.fautes import Faute, pointeur, proche
from services.flux.calculateur.genre import Genre
from services.flux.domain.arrondi import Arrondi
from services.flux.domain.garanties import ArrondiDesParts, DelegationCirculaire, deleguer, droits_de_garantie
from services.flux.domain.parametres import PART_GARANTIES_MAX
from services.flux.domain.plafonds import Plafond


class Garanties(Entrees):
    """An operation, its guarantors, and to whom some delegate."""

    logements_operation: Effectif
    plafond_percent: Pourcentage | None = Field(
        None, description="Part réservée en tout ; sans elle, les 20 légaux (L19)"
    )
    quotites_garanties_percent: Parts = Field(
        description="Part du prêt garantie par chacun ; ce que personne ne garantit ici n'ouvre pas de droit"
    )
    delegations: dict[Nom, Nom] = Field(default_factory=dict, description="Délégant → délégataire, tous deux listés")
    arrondi_total: Arrondi = Field(
        Arrondi.INFERIEUR, description="Arrondi du total : inferieur (c'est un plafond), proche, superieur"
    )
    arrondi_parts: ArrondiDesParts = Field(
        ArrondiDesParts.PLUS_FORTS_RESTES, description="Partage : plus_forts_restes, inferieur, proche"
    )
    date_controle: Jour | None = None


def _delegations(entrees: Any) -> Iterator[Faute]:
    connus = list(entrees.quotites_garanties_percent)
    for delegant, delegataire in entrees.delegations.items():
        if delegataire not in connus:
            message = f"« {delegataire} » reçoit une délégation sans être listé."
            remede = f"{proche(delegataire, connus)} Sinon listez-le avec une quotité de 0."
            yield Faute(pointeur(("delegations", delegant)), "titulaire-inconnu", message, remede)
    if set(entrees.delegations) | set(entrees.delegations.values()) <= set(connus):
        try:
            deleguer(dict.fromkeys(connus, 0), entrees.delegations)
        except DelegationCirculaire as erreur:
            yield Faute("/delegations", "delegation-circulaire", str(erreur), "Coupez le cercle : l'un doit désigner.")


Garanties.CONTROLES = (
    somme("quotites_garanties_percent", complete=False),
    Controle((), lambda entrees: inconnus(entrees, "delegations", "quotites_garanties_percent")),
    Controle(("quotites_garanties_percent", "delegations"), _delegations),
)


def garanties(entrees: Garanties) -> Resultat:
    """F5."""
    maximum = PART_GARANTIES_MAX.le(entrees.date_controle)
    plafond = maximum if entrees.plafond_percent is None else entrees.plafond_percent
    calcul = droits_de_garantie(
        entrees.logements_operation,
        plafond,
        entrees.quotites_garanties_percent,
        delegations=entrees.delegations,
        arrondi_total=entrees.arrondi_total,
        arrondi_parts=entrees.arrondi_parts,
    )
    trop = plafond > maximum or calcul.total > maximum * entrees.logements_operation
    return {
        "droits_total": calcul.total,
        "droits": dictionnaire(calcul.designataires),
        "titulaires": dictionnaire(calcul.titulaires),
        "exact": dictionnaire(calcul.exacts),
        "droits_total_exact": sum(calcul.exacts.values(), Fraction(0)),
        "ex_aequo": list(calcul.ex_aequo),
        "violations": [Plafond.GARANTIES.value] if trop else [],
    }


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "guarantee_split",
        "Réservations en contrepartie de garanties d'emprunt",
        "droits = plafond × logements, partagés par quotité garantie ; une délégation déplace la désignation",
        ("CCH R441-5-3", "question écrite 17-2768", "flux.md F5, L19"),
        Garanties,
        garanties,
        "GE-01",
    ),
)
