"""The persons of a demande as the rules count them (demande.md §5.4), with their ages on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contracts.calendrier import age_revolu, anniversaire
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Personne, Role
from services.demande.domain.eligibilite import AGE_DES_14_ANS
from services.demande.domain.situation.recueil import Echeances

MAJORITE = 18
_ENFANT, _PARENT = "E", "P"
"""Codelist lien_parente."""

_EN_COUPLE = frozenset({"M", "P", "C"})
"""Links of a cotitulaire who is the partner: spouse, PACS, concubin (codelist lien_demandeur)."""


@dataclass(frozen=True, slots=True)
class Membre:
    """A person, and their completed age; None when the birth is not known, or is to come."""

    personne: Personne
    age: int | None


@dataclass(frozen=True, slots=True)
class Foyer:
    """The household to house. complet: nobody's part was erased, so persons may be counted.

    partenaire: the cotitulaire who forms a couple with the demandeur. membres: everybody, unborn children excepted.
    enfants: persons à charge who are children of the household (linked so, or minor), and children in shared custody or
    visiting. A person à charge who is neither is an adult of the household.
    """

    complet: bool
    demandeur: Membre | None
    partenaire: Membre | None
    titulaires: Sequence[Membre]
    a_charge: Sequence[Membre]
    en_garde: Sequence[Membre]
    membres: Sequence[Membre]

    @property
    def enfants(self) -> list[Membre] | None:
        """The children, whatever their age when they are linked as such; None when one may be a child or not."""
        enfants = list(self.en_garde)
        for membre in self.a_charge:
            if membre.personne.lien == _ENFANT or (membre.age is not None and membre.age < MAJORITE):
                enfants.append(membre)
            elif membre.age is None and membre.personne.lien != _PARENT:
                return None
        return enfants


def foyer(demande: Demande, le: date, echeances: Echeances) -> Foyer:
    """The household on a day; notes when an age that counts changes."""
    parts: dict[Role, list[Membre]] = {role: [] for role in Role}
    complet = True
    for _, personne in demande.personnes:
        if personne is None:
            complet = False
            continue
        parts[personne.role].append(Membre(personne, _age(personne, le, echeances)))
    demandeurs, a_charge, en_garde = parts[Role.DEMANDEUR], parts[Role.A_CHARGE], parts[Role.EN_GARDE]
    demandeur = demandeurs[0] if demandeurs else None
    if demandeur and demandeur.age is not None and demandeur.personne.naissance is not None:
        echeances.noter(anniversaire(demandeur.personne.naissance, demandeur.age + 1))
    titulaires = [*demandeurs, *parts[Role.COTITULAIRE]]
    return Foyer(
        complet=complet and demandeur is not None,
        demandeur=demandeur,
        partenaire=next((m for m in titulaires if m.personne.lien in _EN_COUPLE), None),
        titulaires=titulaires,
        a_charge=a_charge,
        en_garde=en_garde,
        membres=[*titulaires, *a_charge, *en_garde],
    )


def _age(personne: Personne, le: date, echeances: Echeances) -> int | None:
    if personne.naissance is None:
        return None
    age = age_revolu(personne.naissance, le)
    echeances.noter(personne.naissance)
    if age < MAJORITE:
        prochain = AGE_DES_14_ANS if age < AGE_DES_14_ANS else MAJORITE
        echeances.noter(anniversaire(personne.naissance, prochain))
    return age if age >= 0 else None
