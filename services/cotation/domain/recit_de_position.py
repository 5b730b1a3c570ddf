"""A position told in French (D18): the rank, how many applications, and what makes them similar."""

from contracts.listes import libelle
from services.cotation.domain.classe import LIEU, PLAFOND, Classe

TROP_PEU = (
    "Trop peu de demandes sont semblables à la vôtre pour que votre position soit donnée :"
    " elle ferait reconnaître des personnes."
)


def phrase_de_position(classe: Classe, rang: tuple[int, int] | None, *, elargie: bool) -> str:
    """One sentence. rang: (rank, how many in the class); None when nothing may be said."""
    if rang is None:
        return TROP_PEU
    place, effectif = rang
    ordinal = "1re" if place == 1 else f"{place}e"
    comparaison = " (comparaison élargie : trop peu de demandes sont plus proches de la vôtre)" if elargie else ""
    return f"Votre demande est {ordinal} sur {effectif} demandes semblables : {_semblables(classe)}{comparaison}."


def _semblables(classe: Classe) -> str:
    ou = "même quartier" if classe.quartier else "même commune"
    communs = (
        f"logement {libelle('type_logement', classe.typologie)}",
        ou if LIEU in classe.criteres else "même intercommunalité",
        *(["ressources comparables"] if PLAFOND in classe.criteres else []),
    )
    return ", ".join(communs)
