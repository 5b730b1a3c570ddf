"""Ceilings checked wherever shares are given: the optional inputs of every such kind, and its `violations`."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from services.flux.calculateur.affichage import Resultat, dire, pourcent
from services.flux.calculateur.champs import Contrepartie, Jour, Nom, Oui, Pourcentage, Texte
from services.flux.calculateur.entrees import Bloc, Controle, Entrees, inconnus, somme
from services.flux.calculateur.fautes import Faute
from services.flux.domain import plafonds
from services.flux.domain.parametres import PART_GARANTIES_MAX
from services.flux.domain.titulaires import GARANTIE, est_collectivite, est_etat, est_etat_agents


class DerogationEntree(Bloc):
    """A préfet's order lifting the State's ceilings between two days (R441-5-2 I, at most one year)."""

    arrete: Texte = Field(description="Référence de l'arrêté")
    du: Jour = Field(description="Premier jour")
    au: Jour = Field(description="Dernier jour, compris")
    etat_percent: Pourcentage | None = Field(None, description="Plafond de l'État permis par l'arrêté")
    etat_agents_percent: Pourcentage | None = Field(None, description="Plafond des agents permis par l'arrêté")

    def derogation(self) -> plafonds.Derogation:
        """As the domain knows it."""
        return plafonds.Derogation(self.arrete, self.du, self.au, self.etat_percent, self.etat_agents_percent)


class AvecPlafonds(Entrees):
    """Optional inputs of a kind that is given shares."""

    etat_hors_qpv_percent: Pourcentage | None = Field(None, description="Part de l'État hors QPV (L15)")
    stipulation_contraire_hors_qpv: Oui = Field(False, description="La convention prévoit une autre part hors QPV")
    derogations: list[DerogationEntree] = Field(default_factory=list, description="Arrêtés préfectoraux datés (L14)")
    date_controle: Jour | None = Field(None, description="Jour auquel les plafonds et dérogations s'apprécient")
    contreparties: dict[Nom, Contrepartie] = Field(
        default_factory=dict, description="Ce que chaque part rémunère : seules les GARANTIE entrent dans les 20 %"
    )


def _derogations(entrees: Any) -> Iterator[Faute]:
    if entrees.derogations and entrees.date_controle is None:
        message = "Une dérogation ne vaut qu'entre deux dates : le jour du contrôle manque."
        yield Faute("/date_controle", "champ-manquant", message, "Donnez date_controle.")
    for rang, une in enumerate(entrees.derogations):
        if une.au < une.du:
            message = f"La dérogation finit le {une.au}, avant de commencer."
            yield Faute(f"/derogations/{rang}/au", "dates-inversees", message, "Inversez ou corrigez les dates.")


def controles(champ: str) -> tuple[Controle, ...]:
    """The checks between fields of a kind whose shares are in `champ`."""
    return (
        Controle(("derogations", "date_controle"), _derogations),
        Controle((), lambda entrees: inconnus(entrees, "contreparties", champ)),
    )


class AvecParts(AvecPlafonds):
    """The same, for kinds whose shares are in `parts_percent`."""

    CONTROLES: ClassVar[tuple[Controle, ...]] = (*controles("parts_percent"), somme("parts_percent", complete=True))


def violations(entrees: AvecPlafonds, parts: Mapping[str, Fraction], *, hors_qpv: Fraction | None = None) -> Resultat:
    """`violations` (codes), each explained in `violations_detail`, and `a_verifier`.

    The State is every holder named `etat…`, its staff `etat_agents` or `dont_etat_agents`. Guarantees are
    `collectivites_garantie` and the holders whose contrepartie is GARANTIE; local authorities whose contrepartie is not
    said are put together with them in `a_verifier` alone: land and money have no national ceiling (flux.md L20).
    hors_qpv: the State's share outside QPV that follows from the kind, when the inputs do not state one.
    """
    relevees = plafonds.controler(
        _parts_controlees(entrees, parts, hors_qpv),
        [d.derogation() for d in entrees.derogations],
        entrees.date_controle,
    )
    return {
        "violations": list(dict.fromkeys(v.plafond.value for v in relevees)),
        "violations_detail": [_detail(v) for v in relevees],
        "a_verifier": _a_verifier(entrees, parts, {v.plafond for v in relevees}),
    }


def _parts_controlees(
    entrees: AvecPlafonds, parts: Mapping[str, Fraction], hors_qpv: Fraction | None
) -> plafonds.PartsControlees:
    etat = [part for nom, part in parts.items() if est_etat(nom)]
    agents = [part for nom, part in parts.items() if est_etat_agents(nom.removeprefix("dont_"))]
    garanties = [part for nom, part in parts.items() if _est_garantie(entrees, nom)]
    declare = entrees.etat_hors_qpv_percent
    return plafonds.PartsControlees(
        etat=sum(etat, Fraction(0)) if etat else None,
        etat_agents=sum(agents, Fraction(0)) if agents else None,
        garanties=sum(garanties, Fraction(0)) if garanties else None,
        etat_hors_qpv=hors_qpv if declare is None else declare,
        stipulation_hors_qpv=entrees.stipulation_contraire_hors_qpv,
    )


def _est_garantie(entrees: AvecPlafonds, nom: str) -> bool:
    return nom == GARANTIE or entrees.contreparties.get(nom) == "GARANTIE"


def _a_verifier(entrees: AvecPlafonds, parts: Mapping[str, Fraction], relevees: set[plafonds.Plafond]) -> list[str]:
    code = plafonds.Plafond.GARANTIES
    presumees = sum(
        (
            part
            for nom, part in parts.items()
            if _est_garantie(entrees, nom) or (est_collectivite(nom) and nom not in entrees.contreparties)
        ),
        Fraction(0),
    )
    depasse = presumees > PART_GARANTIES_MAX.le(entrees.date_controle)
    return [code.value] if depasse and code not in relevees else []


_PHRASES = {
    plafonds.Plafond.ETAT: "L'État a {valeur} % du flux, au plus {limite} %.",
    plafonds.Plafond.ETAT_AGENTS: "Les agents de l'État ont {valeur} % du flux, au plus {limite} %.",
    plafonds.Plafond.GARANTIES: "Les garanties d'emprunt donnent {valeur} % aux collectivités, au plus {limite} %.",
    plafonds.Plafond.ETAT_HORS_QPV: "L'État a {valeur} % hors QPV, au moins {limite} % sauf stipulation contraire.",
    plafonds.Plafond.DEROGATION_TROP_LONGUE: "Une dérogation dure {valeur} jours, au plus {limite}.",
}


def _detail(violation: plafonds.Violation) -> Resultat:
    jours = violation.plafond is plafonds.Plafond.DEROGATION_TROP_LONGUE
    valeur, limite = (v if jours else pourcent(v) for v in (violation.valeur, violation.limite))
    phrase = _PHRASES[violation.plafond].format(valeur=dire(valeur), limite=dire(limite))
    return {
        "code": violation.plafond.value,
        "valeur": valeur,
        "limite": limite,
        "phrase": phrase,
        "article": violation.article,
    }
