"""Kinds on orientation: a sequence under fixed shares, a sequence with perimeters, strata, weights and floors."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from services.flux.calculateur.affichage import Resultat, Valeur, dictionnaire
from services.flux.calculateur.champs import (
    Coefficient,
    Liste,
    Longueur,
    Nom,
    Parts,
    Pourcentage,
    Table,
    Texte,
    TieBreak,
)
from services.flux.calculateur.entrees import Bloc, Controle, fautes_de_somme, inconnus, somme
from services.flux.calculateur.fautes import Faute, pointeur, proche
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecPlafonds, controles, violations
from services.flux.domain.arrondi import Departage
from services.flux.domain.orientation import quota, tijdeman
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter, etat_initial
from services.flux.domain.orientation.orienter import imputer, orienter
from services.flux.domain.orientation.regles import GLOBALE, Methode, Regles, Strate, regler
from services.flux.domain.parts import completer
from services.flux.domain.titulaires import BAILLEUR


class Suite(AvecPlafonds):
    """Fixed shares, every holder eligible."""

    shares_percent: Parts
    dwellings: Longueur
    tie_break: TieBreak = Field(
        Departage.VALEUR, description="Après la plus grande part : l'ordre d'écriture, ou une liste"
    )


def _departage(entrees: Any) -> Iterator[Faute]:
    if entrees.tie_break is Departage.ORDRE:
        message = "Une suite départage d'abord par la plus grande part."
        yield Faute(
            "/tie_break", "departage-inconnu", message, "Écrivez « larger share, then listed order » ou une liste."
        )


Suite.CONTROLES = (
    *controles("shares_percent"),
    somme("shares_percent", complete=True),
    Controle((), lambda entrees: inconnus(entrees, "tie_break", "shares_percent", aussi=(BAILLEUR,))),
    Controle(("tie_break",), _departage),
)


def suite(entrees: Suite) -> Resultat:
    """§8, algorithm A and quota method, from counters at rest."""
    ordre = entrees.tie_break if isinstance(entrees.tie_break, tuple) else None
    logements = [LogementAOrienter(str(rang), "") for rang in range(entrees.dwellings)]
    completes = completer(entrees.shares_percent)
    parts = {"": completes}
    a, etat_a, ecart_a = derouler(regler(parts, Methode.TIJDEMAN, titulaires=ordre), logements)
    q, etat_q, ecart_q = derouler(regler(parts, Methode.QUOTA, titulaires=ordre), logements)
    positives = sum(part > 0 for part in completes.values())
    return {
        "tijdeman": a,
        "tijdeman_max_abs_deviation": ecart_a,
        "tijdeman_bound": tijdeman.borne(positives),
        "quota_method": q,
        "quota_method_max_abs_deviation": ecart_q,
        "quota_method_bound_strict": quota.BORNE_STRICTE,
        "counts_after_last": _comptes(etat_a),
        "quota_method_counts_after_last": _comptes(etat_q),
        **violations(entrees, completes),
    }


def derouler(regles: Regles, logements: Sequence[LogementAOrienter]) -> tuple[list[str], EtatOrientation, Fraction]:
    """Holders in order, last state and largest deviation on the way, each dwelling charged as soon as oriented."""
    etat = etat_initial(regles, exercice=1)
    choisis: list[str] = []
    ecart = Fraction(0)
    for logement in logements:
        decision = orienter(etat, logement)
        choisis.append(decision.retenu)
        ecart = max(ecart, decision.ecart_max)
        etat = imputer(decision.etat, logement.id)
    return choisis, etat, ecart


def _comptes(etat: EtatOrientation) -> dict[str, Valeur]:
    recus = sorted(zip(etat.regles.titulaires, etat.recus[GLOBALE], strict=True), key=lambda un: -un[1])
    return {nom: nombre for nom, nombre in recus if nombre}


class LogementEntree(Bloc):
    """A dwelling with more than its commune."""

    commune: Nom
    strates: dict[Nom, Nom] = Field(default_factory=dict, description="Axe → valeur : qpv, typologie, financement…")
    ecartes: list[Nom] = Field(default_factory=list, description="Titulaires qui ne peuvent pas le prendre")


def _en_objet(valeur: Any) -> Any:
    return {"commune": valeur} if isinstance(valeur, str) else valeur


class PlancherEntree(Bloc):
    """A hard floor on one value of one axis (L15)."""

    axe: Nom
    valeur: Nom
    reservataire: Nom
    part_percent: Annotated[Pourcentage, Field(description="Au-dessus de 0")]


class SuiteContrainte(AvecPlafonds):
    """Shares by commune, dwellings in order."""

    parts_percent_par_commune: Table[Parts]
    logements_communes: Liste[
        Annotated[LogementEntree, BeforeValidator(_en_objet, json_schema_input_type=Nom | LogementEntree)]
    ]
    rule: Texte | None = Field(None, description="Rappel de la règle, non interprété")
    poids: dict[Nom, Coefficient] = Field(
        default_factory=dict, description="Poids de « global » (1) et de chaque axe (commune 1, autres 0)"
    )
    planchers: list[PlancherEntree] = Field(default_factory=list)


def _sommes(entrees: Any) -> Iterator[Faute]:
    for commune, parts in entrees.parts_percent_par_commune.items():
        yield from fautes_de_somme(parts, ("parts_percent_par_commune", commune), complete=True)


def _communes(entrees: Any) -> Iterator[Faute]:
    connues = entrees.parts_percent_par_commune
    seules = entrees.noms("logements_communes")
    for rang, un in enumerate(entrees.logements_communes):
        if un.commune not in connues:
            ou = pointeur(("logements_communes", rang, *(() if rang in seules else ("commune",))))
            yield Faute(ou, "commune-inconnue", f"« {un.commune} » n'a pas de parts.", proche(un.commune, connues))
        else:
            yield from _eligibles(rang, un, connues[un.commune])


def _eligibles(rang: int, un: LogementEntree, parts: dict[str, Fraction]) -> Iterator[Faute]:
    for place, nom in enumerate(un.ecartes):
        if nom not in parts:
            ou = pointeur(("logements_communes", rang, "ecartes", place))
            yield Faute(ou, "titulaire-inconnu", f"« {nom} » n'a pas de part ici.", proche(nom, parts))
    if not any(part > 0 for nom, part in parts.items() if nom not in un.ecartes):
        ou = pointeur(("logements_communes", rang, "ecartes"))
        yield Faute(ou, "personne-eligible", "Aucun titulaire ne peut prendre ce logement.", "Gardez-en au moins un.")
    for axe in {"commune", GLOBALE.axe} & set(un.strates):
        ou = pointeur(("logements_communes", rang, "strates", axe))
        yield Faute(ou, "axe-reserve", f"L'axe « {axe} » est déjà compté.", "Retirez-le.")


def _planchers(entrees: Any) -> Iterator[Faute]:
    connus = {nom for parts in entrees.parts_percent_par_commune.values() for nom in parts}
    for rang, un in enumerate(entrees.planchers):
        if un.reservataire not in connus:
            ou = pointeur(("planchers", rang, "reservataire"))
            message = f"« {un.reservataire} » n'a de part nulle part."
            yield Faute(ou, "titulaire-inconnu", message, proche(un.reservataire, connus))


def _poids(entrees: Any) -> Iterator[Faute]:
    poids = {"global": Fraction(1), "commune": Fraction(1), **entrees.poids}
    if not any(poids.values()):
        yield Faute("/poids", "poids-nuls", "Tous les poids sont nuls.", "Donnez-en un positif.")


SuiteContrainte.CONTROLES = (
    controles("parts_percent_par_commune")[0],
    Controle(("parts_percent_par_commune",), _sommes),
    Controle(("parts_percent_par_commune", "logements_communes"), _communes),
    Controle(("parts_percent_par_commune", "planchers"), _planchers),
    Controle(("poids",), _poids),
)


def suite_contrainte(entrees: SuiteContrainte) -> Resultat:
    """§8, algorithm B."""
    poids = {"global": Fraction(1), "commune": Fraction(1), **entrees.poids}
    par_commune = {commune: completer(parts) for commune, parts in entrees.parts_percent_par_commune.items()}
    regles = regler(
        par_commune,
        Methode.MULTI_AXES,
        poids_global=poids.pop("global"),
        poids=poids,
        planchers=[(Strate(p.axe, p.valeur), p.reservataire, p.part_percent) for p in entrees.planchers],
    )
    logements = [_logement(rang, un) for rang, un in enumerate(entrees.logements_communes)]
    choisis, etat, ecart = derouler(regles, logements)
    locaux = {
        f"{commune}/{nom}": etat.credit(nom, Strate("commune", commune))
        for commune, parts in par_commune.items()
        for nom in parts
    }
    communes = [violations(entrees, parts) for parts in par_commune.values()]
    return {
        "orientations": list(choisis),
        "deficit_global_final": dictionnaire({nom: etat.credit(nom) for nom in regles.titulaires}),
        "deficit_local_final": dictionnaire(locaux),
        "max_abs_global": etat.ecart_max(),
        "max_abs_local": max(map(abs, locaux.values())),
        "max_abs_global_en_route": ecart,
        "violations": _reunir(communes, "violations"),
        "a_verifier": _reunir(communes, "a_verifier"),
    }


def _logement(rang: int, un: LogementEntree) -> LogementAOrienter:
    strates = tuple(Strate(axe, valeur) for axe, valeur in {"commune": un.commune, **un.strates}.items())
    return LogementAOrienter(str(rang), un.commune, strates, frozenset(un.ecartes))


def _reunir(resultats: list[Resultat], champ: str) -> list[str]:
    codes: dict[str, None] = {}
    for un in resultats:
        liste = un[champ]
        assert isinstance(liste, list)
        codes.update(dict.fromkeys(liste))
    return list(codes)


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "orientation_sequence",
        "Suite d'orientations à parts fixes",
        "Tijdeman (écart ≤ 1 − 1/(2n−2)) et méthode des quotas (écart < 1)",
        ("Tijdeman 1980", "Balinski et Young 1979", "flux.md §8"),
        Suite,
        suite,
        "SEQ-01",
    ),
    Genre(
        "orientation_constrained",
        "Suite d'orientations avec périmètres et axes",
        "argmax de poids_global·crédit global + Σ poids_axe·crédit local, planchers d'abord",
        ("flux.md §8, algorithme B", "CCH R441-5-2 II"),
        SuiteContrainte,
        suite_contrainte,
        "SEQ-03",
    ),
)
