"""The ledger as its follow-up tells it: for each landlord and holder, what is due, proposed and charged."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import httpx
import msgspec

from demo.scenario.appels import lire


class LigneDuLivre(msgspec.Struct, frozen=True):
    """One holder at one landlord, all its perimeters summed. Exact fractions of a dwelling, as text.

    du: share × dwellings oriented; proposes: dwellings received; imputes: rights charged by a lease; ecart: due minus
    proposed, where it is the largest in absolute value; borne: what the law of the sequence allows it there.
    """

    bailleur: str
    titulaire: str
    du: str
    proposes: int
    engages: int
    imputes: int
    ecart: str
    borne: str


async def lire_le_grand_livre(client: httpx.AsyncClient, exercice: int) -> list[LigneDuLivre]:
    """The year's lines, by landlord then by what is due."""
    suivi = await lire(client, "/flux/v1/suivi", exercice=exercice)
    return rassembler(suivi["lignes"])


def rassembler(lignes: Iterable[dict[str, Any]]) -> list[LigneDuLivre]:
    """The lines of the follow-up, one a perimeter, summed by landlord and holder; those that nothing concerned left out."""
    groupes: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for ligne in lignes:
        if ligne["borne"] is not None:
            groupes[ligne["bailleur"], ligne["titulaire"]].append(ligne)
    sommes = [_somme(*cle, groupe) for cle, groupe in groupes.items()]
    return sorted(sommes, key=lambda une: (une.bailleur, -Fraction(une.du), une.titulaire))


def _somme(bailleur: str, titulaire: str, lignes: list[dict[str, Any]]) -> LigneDuLivre:
    ecartee = max(lignes, key=lambda ligne: abs(Fraction(ligne["credit"])))
    return LigneDuLivre(
        bailleur=bailleur,
        titulaire=titulaire,
        du=str(sum((Fraction(ligne["objectif_a_date"]) for ligne in lignes), Fraction())),
        proposes=sum(ligne["orientes"] for ligne in lignes),
        engages=sum(ligne["engages"] for ligne in lignes),
        imputes=sum(ligne["imputes"] for ligne in lignes),
        ecart=ecartee["credit"],
        borne=ecartee["borne"],
    )
