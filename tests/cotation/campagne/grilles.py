"""Grids drawn over the whole language; they shrink towards one rule of no points."""

import itertools
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from contracts.situation import TypeFait
from services.cotation.domain.condition import ANCIENNETE, Champ, Toujours
from services.cotation.domain.grille import (
    Bloc,
    Bornes,
    Coefficient,
    Cumul,
    Effet,
    EffetEvenement,
    FaitLocal,
    Grille,
    Groupe,
    HorsCotation,
    Mode,
    ModeGroupe,
    Nature,
    NiveauPreuve,
    Points,
    Portee,
    Preuve,
    Regle,
    RegleDeBloc,
    RemiseAZero,
    SansPreuve,
    Segment,
    Territoire,
    Tranche,
    Tranches,
    Variante,
    Variantes,
)
from services.cotation.domain.lecture.portee import motifs_de_portee
from tests.cotation.campagne.conditions import Tirage
from tests.cotation.campagne.vocabulaire import COEFFICIENTS, CONSTANTES, EVENEMENTS, IDENTIFIANTS, MOIS, VALEURS

BLOCS = ("national", "local", "vie")
LOCAUX = (
    FaitLocal("local.choix", "Choix", TypeFait.CODE.value, codes=("a", "b")),
    FaitLocal("local.a.liste", "Liste", TypeFait.LISTE_CODES.value, codes=("a", "DALO")),
    FaitLocal("local.a.b.c.d", "Nombre", TypeFait.INT.value),
    FaitLocal("local.jour", "Jour", TypeFait.DATE.value),
)
"""Declared by half of the grids; what they close or type is only a promise, which situations break."""
LONGUEURS = (*[7] * 20, 60)
"""One rule in so many is the last one: about seven rules a grid, and seldom many more than a machine word has bits."""


@st.composite
def grilles(draw: st.DrawFn, as_of: date) -> Grille:
    """A grid that could be read from a file: ids unique, steps contiguous, floors below caps, groups of known rules."""
    tirage = Tirage(draw, as_of)
    base = tirage.un(None, "A")
    regles = _regles(tirage, base)
    ids = tuple(regle.id for regle in regles)
    segment, portee = tirage.un(*[Segment.TOUS] * 16, *Segment), tirage.un(*[Portee.LIEU_SOUHAITE] * 16, *Portee)
    communes = ("67482", "68224") if tirage.une_fois_sur(16) else ()
    return Grille(
        id="campagne",
        nom="Campagne",
        format="cotation-grid/1.0",
        territoire=Territoire("epci", "Campagne", communes=communes),
        mode=Mode.ADDITIF if base is None else Mode.BASE_PAR_COEFFICIENTS,
        regle_de_base=base,
        regles=tuple(draw(st.permutations(regles))),
        blocs=tuple(Bloc(bloc, bloc, _bornes(tirage)) for bloc in BLOCS),
        segment=segment,
        portee=portee,
        hors_cotation=(*motifs_de_portee(segment, portee, communes), *_hors_cotation(tirage)),
        bornes_regle=_bornes(tirage),
        bornes_total=_bornes(tirage),
        groupes=tuple(_groupe(tirage, rang, ids) for rang in range(tirage.un(0, 1, 1, 2))),
        regles_de_bloc=tuple(_regle_de_bloc(tirage) for _ in range(tirage.un(0, 1, 0, 2))),
        remises_a_zero=tuple(
            RemiseAZero(tirage.un(*EVENEMENTS), tirage.condition_d_evenement(sans_anciennete=True))
            for _ in range(tirage.un(0, 1, 2))
        ),
        effets_evenements=tuple(_effet_evenement(tirage, rang) for rang in range(tirage.un(0, 1, 2))),
        faits_locaux=tirage.un((), LOCAUX),
    )


def _regles(tirage: Tirage, base: str | None) -> list[Regle]:
    """One rule or more; whether another one follows is drawn each time, so that any of them can be shrunk away."""
    longueur, regles = tirage.un(*LONGUEURS), []
    for identifiant in IDENTIFIANTS:
        regles.append(_regle(tirage, identifiant, base))
        if not tirage.un(*range(longueur)):
            break
    return regles


def _regle(tirage: Tirage, identifiant: str, base: str | None) -> Regle:
    nature = Nature.COEFFICIENT if base not in (None, identifiant) and tirage.un(False, True) else Nature.POINTS
    return Regle(
        id=identifiant,
        libelle=f"Critère {identifiant}",
        bloc=tirage.un(*BLOCS),
        quand=Toujours()
        if identifiant == base and tirage.un(True, True, False)
        else tirage.condition(tirage.un(2, 2, 2, 1, 4)),
        effet=_effet(tirage, nature, identifiant == base),
        preuve=_preuve(tirage),
        bornes=_bornes(tirage) if tirage.une_fois_sur(4) else None,
        desactivee="donnée peu fiable" if tirage.une_fois_sur(12) else None,
    )


def _effet(tirage: Tirage, nature: Nature, base: bool) -> Effet:
    formes = (
        ("fixe", "variantes", "tranches")
        if nature is Nature.COEFFICIENT
        else ("fixe", "cumul", "tranches", "variantes")
    )
    if base and tirage.un(True, True, False):
        return Cumul(Champ(ANCIENNETE), tirage.un(*VALEURS[1:]))
    match tirage.un(*formes):
        case "cumul":
            return Cumul(tirage.grandeur(), tirage.un(*VALEURS[:8], *VALEURS), "mois", tirage.un(None, *VALEURS[1:7]))
        case "tranches":
            return _tranches(tirage, nature)
        case "variantes":
            choix = range(tirage.combien(1, 3))
            return Variantes(tuple(Variante(tirage.condition(1), _valeur(tirage, nature)) for _ in choix), nature)
    return Coefficient(_valeur(tirage, nature)) if nature is Nature.COEFFICIENT else Points(_valeur(tirage, nature))


def _valeur(tirage: Tirage, nature: Nature) -> Decimal:
    return tirage.un(*(COEFFICIENTS if nature is Nature.COEFFICIENT else VALEURS))


def _tranches(tirage: Tirage, nature: Nature) -> Tranches:
    seuils: list[Decimal | None] = [*sorted({tirage.un(*CONSTANTES) for _ in range(tirage.un(2, 3, 4, 2, 3, 4, 12))})]
    if tirage.un(True, False):
        seuils.append(None)
    if len(seuils) < 2 or tirage.un(False, False, True):
        seuils.insert(0, None)
    pas = tuple(Tranche(bas, haut, _valeur(tirage, nature)) for bas, haut in itertools.pairwise(seuils))
    cumulatif = nature is Nature.POINTS and tirage.un(False, True)
    return Tranches(tirage.grandeur(), pas, nature, cumulatif)


def _preuve(tirage: Tirage) -> Preuve:
    if tirage.un(True, False):
        return Preuve()
    return Preuve(tirage.un(*NiveauPreuve), tirage.un(*SansPreuve), tirage.un(*NiveauPreuve))


def _bornes(tirage: Tirage) -> Bornes:
    if not tirage.une_fois_sur(3):
        return Bornes()
    bas, haut = sorted((tirage.un(*VALEURS), tirage.un(*VALEURS)))
    return Bornes(tirage.un(None, bas), tirage.un(None, haut))


def _hors_cotation(tirage: Tirage) -> tuple[HorsCotation, ...]:
    combien = tirage.un(*[0] * 16, 1, 2)
    return tuple(HorsCotation(f"flux-{rang}", f"Flux {rang}", tirage.condition(1)) for rang in range(combien))


def _groupe(tirage: Tirage, rang: int, ids: tuple[str, ...]) -> Groupe:
    mode = tirage.un(*ModeGroupe)
    regles = tuple(tirage.draw(st.permutations(ids)))[: tirage.combien(1, len(ids))]
    champ = tirage.un(None, "local.choix", "zone") if mode is ModeGroupe.DECLAREE else None
    return Groupe(f"g{rang}", mode, regles, champ)


def _regle_de_bloc(tirage: Tirage) -> RegleDeBloc:
    si = tirage.un(*BLOCS)
    return RegleDeBloc(tirage.un(*(bloc for bloc in BLOCS if bloc != si)), si)


def _effet_evenement(tirage: Tirage, rang: int) -> EffetEvenement:
    return EffetEvenement(
        id=f"EVENEMENT_{rang}",
        libelle=f"Événement {rang}",
        evenements=tirage.un(*EVENEMENTS),
        valeur=tirage.un(*VALEURS),
        bloc=tirage.un(None, *BLOCS),
        seulement_si=tirage.condition_d_evenement(),
        expire_mois=tirage.un(None, *MOIS),
        par_evenement=tirage.un(True, False),
    )
