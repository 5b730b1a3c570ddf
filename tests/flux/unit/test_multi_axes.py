"""Algorithm B: credits that sum to 0, bounds that hold, floors kept, the same choice from the same counters."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.flux.domain.orientation import bornes
from services.flux.domain.orientation.decision import Decision, Portee, Regle
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter, etat_initial
from services.flux.domain.orientation.orienter import OrientationRefusee, appliquer, imputer, orienter, rendre, retenir
from services.flux.domain.orientation.regles import GLOBALE, Methode, Regles, ReglesInvalides, Strate, regler

NOMS = ("etat", "action_logement", "commune", "departement", "epci", "bailleur")
COMMUNES = ("67482", "67447", "67218")
HORS_QPV = Strate("qpv", "hors_qpv")


@st.composite
def parts(draw: st.DrawFn) -> dict[str, Fraction]:
    """Shares of 2 to 6 holders, some of them 0."""
    noms = draw(st.lists(st.sampled_from(NOMS), min_size=2, max_size=6, unique=True))
    poids = draw(st.lists(st.integers(0, 40), min_size=len(noms), max_size=len(noms)).filter(any))
    return {nom: Fraction(p, sum(poids)) for nom, p in zip(noms, poids, strict=True)}


@st.composite
def situations(draw: st.DrawFn) -> tuple[Regles, list[LogementAOrienter]]:
    """Rules with perimeters, weights and floors, and dwellings with strata and exclusions that leave somebody."""
    par_commune = {commune: draw(parts()) for commune in COMMUNES}
    poids = draw(st.fixed_dictionaries({axe: st.fractions(0, 3, max_denominator=6) for axe in ("commune", "qpv")}))
    planchers = [(HORS_QPV, next(iter(par_commune[COMMUNES[0]])), Fraction(3, 10))] if draw(st.booleans()) else []
    regles = regler(
        par_commune,
        Methode.MULTI_AXES,
        poids=poids,
        planchers=planchers,
        rendu_compte=draw(st.booleans()),
    )
    logements = []
    for rang in range(draw(st.integers(1, 60))):
        commune = draw(st.sampled_from(COMMUNES))
        positifs = [nom for nom, part in par_commune[commune].items() if part]
        garde = draw(st.sampled_from(positifs))
        ecartes = draw(st.sets(st.sampled_from(NOMS), max_size=3)) - {garde}
        strates = (Strate("commune", commune), Strate("qpv", draw(st.sampled_from(("qpv", "hors_qpv")))))
        logements.append(LogementAOrienter(f"L{rang}", commune, strates, frozenset(ecartes)))
    return regles, logements


def derouler(etat: EtatOrientation, logements: Sequence[LogementAOrienter], hasard: Random) -> list[Decision]:
    """Orient all, now and then against the suggestion, charge some, give some back."""
    decisions = []
    for logement in logements:
        if hasard.random() < 0.2:
            eligibles = [
                etat.regles.titulaires[r] for r, _ in orienter(etat, logement).etat.en_cours[logement.id].credits
            ]
            decision = retenir(etat, logement, hasard.choice(eligibles), "choix de l'agent")
        else:
            decision = orienter(etat, logement)
        decisions.append(decision)
        etat = decision.etat
        for en_cours in list(etat.en_cours):
            sort = hasard.random()
            if sort < 0.3:
                etat = imputer(etat, en_cours)
            elif sort < 0.4:
                etat = rendre(etat, en_cours)
    return decisions


@settings(max_examples=30, deadline=None)
@given(situations(), st.integers(0, 2**32))
def test_credits_sum_to_zero_in_each_stratum_after_each_step(
    situation: tuple[Regles, list[LogementAOrienter]], graine: int
) -> None:
    regles, logements = situation
    for decision in derouler(etat_initial(regles, 2026), logements, Random(graine)):
        assert all(sum(credits_) == 0 for credits_ in decision.etat.credits.values())
        assert decision.ecart_max <= decision.borne
        assert decision.retenu not in decision.logement.ecartes
        compteurs = decision.compteurs
        assert sum(c.credit for c in compteurs) == 0
        assert sum(c.engages for c in compteurs) == len(decision.etat.en_cours)


@settings(max_examples=30, deadline=None)
@given(situations(), st.integers(0, 2**32))
def test_replaying_the_same_year_gives_the_same_counters(
    situation: tuple[Regles, list[LogementAOrienter]], graine: int
) -> None:
    regles, logements = situation
    premiere = derouler(etat_initial(regles, 2026), logements, Random(graine))
    assert derouler(etat_initial(regles, 2026), logements, Random(graine)) == premiere
    for une in premiere:
        rejouee = appliquer(une.avant, une.logement, regle=une.regle, suggestion=une.suggestion, retenu=une.retenu)
        assert rejouee == une.etat


@settings(max_examples=30, deadline=None)
@given(situations(), st.integers(0, 2**32))
def test_without_weights_the_bound_on_credits_holds(
    situation: tuple[Regles, list[LogementAOrienter]], graine: int
) -> None:
    """Global credits alone, any eligibility, agent's choices and returns: what bornes.py proves, seen."""
    regles, logements = situation
    sans_axes = regler(
        {nom: {regles.titulaires[r]: p.part(r) for r, _ in p.numerateurs} for nom, p in regles.perimetres.items()},
        Methode.MULTI_AXES,
        rendu_compte=regles.rendu_compte,
        titulaires=regles.titulaires,
    )
    vus = set()
    for decision in derouler(etat_initial(sans_axes, 2026), logements, Random(graine)):
        vus.add(decision.portee)
        assert decision.ecart_max <= decision.borne
        durable = decision.borne_durable
        assert (durable is None) is (decision.suggestion != decision.retenu)
        assert durable is None or decision.ecart_max <= durable
    assert vus <= {Portee.CREDITS, Portee.DECISION}


@pytest.mark.parametrize("n", range(2, 8))
def test_an_adversary_reaches_the_harmonic_bound_and_never_beats_it(n: int) -> None:
    """Offering n, then n − 1, … equal holders leaves the last one H_n − 1 behind (flux.md §8): within n − 1."""
    noms = [f"h{i}" for i in range(n)]
    regles = regler({"": {nom: Fraction(1, n) for nom in noms}}, Methode.MULTI_AXES)
    etat, servis = etat_initial(regles, 2026), set[str]()
    while len(servis) < n - 1:
        decision = orienter(etat, LogementAOrienter(str(len(servis)), "", (), frozenset(servis)))
        assert decision.ecart_max <= decision.borne
        assert decision.borne_durable == (bornes.harmonique(n) if not servis else n - 1)
        servis.add(decision.retenu)
        etat = decision.etat
    h = sum((Fraction(1, i) for i in range(1, n + 1)), Fraction(0))
    dernier = next(nom for nom in noms if nom not in servis)
    assert etat.credit(dernier) == h - 1


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 7), st.data())
def test_most_behind_first_keeps_the_harmonic_bound_when_all_are_eligible(n: int, data: st.DataObject) -> None:
    """Shares drawn anew for each dwelling: the bound does not ask that they be fixed."""
    noms = [f"h{i}" for i in range(n)]
    tirages = st.lists(st.integers(1, 30), min_size=n, max_size=n)
    jeux = {str(i): data.draw(tirages) for i in range(6)}
    regles = regler(
        {k: {nom: Fraction(p, sum(jeu)) for nom, p in zip(noms, jeu, strict=True)} for k, jeu in jeux.items()},
        Methode.MULTI_AXES,
    )
    etat = etat_initial(regles, 2026)
    for rang in range(60):
        decision = orienter(etat, LogementAOrienter(str(rang), data.draw(st.sampled_from(sorted(jeux)))))
        assert decision.portee is Portee.CREDITS
        assert decision.ecart_max <= decision.borne == bornes.harmonique(n)
        etat = decision.etat


def test_greedy_stays_under_one_and_a_fifth_on_the_shares_in_use() -> None:
    usuelles = {"etat": 30, "action_logement": 22, "commune": 12, "departement": 3, "bailleur": 33}
    regles = regler({"": {nom: Fraction(p, 100) for nom, p in usuelles.items()}}, Methode.MULTI_AXES)
    etat, pire = etat_initial(regles, 2026), Fraction(0)
    for rang in range(1_000):
        decision = orienter(etat, LogementAOrienter(str(rang), ""))
        pire = max(pire, decision.ecart_max)
        etat = imputer(decision.etat, str(rang))
    assert pire < Fraction(12, 10)


@pytest.mark.duty("flux:L15")
@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(COMMUNES)), min_size=1, max_size=120), st.integers(5, 30))
def test_a_hard_floor_is_never_a_whole_dwelling_short(tirages: list[tuple[bool, str]], part_etat: int) -> None:
    """The State may have any share at all: outside QPV it keeps 30 % within less than one dwelling."""
    locales = {"etat": part_etat, "commune": 20, "bailleur": 80 - part_etat}
    regles = regler(
        {commune: {nom: Fraction(p, 100) for nom, p in locales.items()} for commune in COMMUNES},
        Methode.MULTI_AXES,
        poids={"commune": Fraction(1)},
        planchers=[(HORS_QPV, "etat", Fraction(30, 100))],
    )
    etat, hors_qpv, recus = etat_initial(regles, 2026), 0, 0
    for rang, (hors, commune) in enumerate(tirages):
        strates = (Strate("commune", commune), HORS_QPV if hors else Strate("qpv", "qpv"))
        decision = orienter(etat, LogementAOrienter(str(rang), commune, strates))
        etat = decision.etat
        hors_qpv += hors
        recus += hors and decision.retenu == "etat"
        assert recus > Fraction(30, 100) * hors_qpv - 1
        if decision.regle is Regle.PLANCHER:
            assert decision.retenu == "etat"


def test_a_floor_makes_a_difference() -> None:
    locales = {"": {"etat": Fraction(5, 100), "bailleur": Fraction(95, 100)}}
    logements = [LogementAOrienter(str(i), "", (HORS_QPV,)) for i in range(20)]
    recus = []
    for planchers in ([], [(HORS_QPV, "etat", Fraction(30, 100))]):
        etat = etat_initial(regler(locales, Methode.MULTI_AXES, planchers=planchers), 2026)
        for logement in logements:
            etat = orienter(etat, logement).etat
        recus.append(etat.recus[HORS_QPV][0])
    assert recus == [1, 6]


def test_nobody_is_owed_what_it_could_not_take() -> None:
    regles = regler({"": {"a": Fraction(1, 2), "b": Fraction(1, 4), "c": Fraction(1, 4)}}, Methode.MULTI_AXES)
    etat = etat_initial(regles, 2026)
    for rang in range(4):
        etat = orienter(etat, LogementAOrienter(str(rang), "", (), frozenset({"a"}))).etat
    assert [etat.credit(nom) for nom in "abc"] == [0, 0, 0]
    assert etat.recus[GLOBALE] == (0, 2, 2)


def test_equal_scores_go_to_the_larger_local_share_then_to_the_listed_order() -> None:
    parts_ = {"x": {"a": Fraction(1, 4), "b": Fraction(1, 2), "c": Fraction(1, 4)}}
    poids = {"commune": Fraction(1)}
    nul = regler(parts_, Methode.MULTI_AXES, poids_global=Fraction(0), poids=poids)
    assert orienter(etat_initial(nul, 2026), LogementAOrienter("1", "x")).retenu == "b"
    egaux = regler({"x": {"c": Fraction(1, 2), "a": Fraction(1, 2)}}, Methode.MULTI_AXES)
    assert orienter(etat_initial(egaux, 2026), LogementAOrienter("1", "x")).retenu == "c"


def test_weights_that_weigh_nothing_are_refused() -> None:
    for poids_global, poids in ((Fraction(0), {"commune": Fraction(0)}), (Fraction(-1), {})):
        with pytest.raises(ReglesInvalides, match="poids"):
            regler({"": {"a": Fraction(1)}}, Methode.MULTI_AXES, poids_global=poids_global, poids=poids)


def test_a_floor_for_nobody_is_refused() -> None:
    with pytest.raises(ReglesInvalides, match="Plancher"):
        regler({"": {"a": Fraction(1)}}, Methode.MULTI_AXES, planchers=[(HORS_QPV, "etat", Fraction(1, 3))])


@pytest.mark.parametrize(
    ("logement", "phrase"),
    [
        (LogementAOrienter("1", "ailleurs"), "périmètres connus"),
        (LogementAOrienter("1", "", (), frozenset({"a", "b"})), "aucun titulaire"),
    ],
)
def test_a_dwelling_that_nobody_may_take_is_refused(logement: LogementAOrienter, phrase: str) -> None:
    regles = regler({"": {"a": Fraction(1, 2), "b": Fraction(1, 2)}}, Methode.MULTI_AXES)
    with pytest.raises(OrientationRefusee, match=phrase):
        orienter(etat_initial(regles, 2026), logement)


@pytest.mark.parametrize("strates", [(HORS_QPV, Strate("qpv", "qpv")), (GLOBALE,)])
def test_a_dwelling_has_one_value_by_axis(strates: tuple[Strate, ...]) -> None:
    with pytest.raises(ValueError, match="une valeur par axe"):
        LogementAOrienter("1", "", strates)
