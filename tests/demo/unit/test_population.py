"""The population keeps the marginals of distributions.json, its households make sense, and it can be made again."""

from collections import Counter
from datetime import date
from math import gcd
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import listes
from demo import anciennete, donnees, dossier, territoire
from demo.composition import AGES
from demo.population import Population, PopulationTropGrande

LE = date(2026, 11, 1)
TAILLE = 20_000
TOLERANCE = 0.013  # over 3.5 standard deviations of a share of one half, on 20,000 draws


@pytest.fixture(scope="module")
def population():
    return list(Population(TAILLE, graine=7, le=LE))


def parts(valeurs):
    compte = Counter(valeurs)
    return {valeur: nombre / compte.total() for valeur, nombre in compte.items()}


def proches(observees, attendues, tolerance=TOLERANCE):
    assert set(observees) <= set(attendues)
    for valeur, part in attendues.items():
        assert observees.get(valeur, 0) == pytest.approx(part, abs=tolerance), valeur


def annees(naissance, le=LE):
    return le.year - naissance.year - ((le.month, le.day) < (naissance.month, naissance.day))


def defaut(*chemin):
    bloc = donnees.defauts()
    for cle in chemin:
        bloc = bloc[cle]
    return donnees.poids(bloc)


def test_les_tailles_et_les_familles_monoparentales(population):
    proches(parts("6+" if d.taille >= 6 else str(d.taille) for d in population), defaut("taille_menage", "poids"))
    enfants = [d for d in population if d.a_charge and d.a_charge[0].lien == "E"]
    monoparentales = sum(not d.cotitulaires for d in enfants) / TAILLE
    assert monoparentales == pytest.approx(0.26, abs=TOLERANCE)


def test_les_ages_les_emplois_et_les_nationalites(population):
    ages = [annees(d.demandeur.naissance) for d in population]
    classes = [next(nom for nom, (bas, haut) in AGES.items() if bas <= age <= haut) for age in ages]
    proches(parts(classes), defaut("age_demandeur"))
    proches(parts(d.demandeur.emploi.contrat for d in population), defaut("situation_professionnelle"))
    proches(parts(d.demandeur.nationalite for d in population), defaut("nationalite"))


def test_les_mutations_les_motifs_et_le_logement_actuel(population):
    mutations = [d for d in population if d.est_mutation]
    primo = [d for d in population if not d.est_mutation]
    assert len(mutations) / TAILLE == pytest.approx(donnees.defauts()["mutation"]["poids_national"], abs=TOLERANCE)
    proches(parts(d.motifs[0] for d in primo), defaut("motif_principal", "primo"))
    proches(parts(d.motifs[0] for d in mutations), defaut("motif_principal", "mutation"), 0.02)
    modeles = defaut("modele_logement", "primo")
    proches(parts(d.logement.modele for d in primo), {m: p / sum(modeles.values()) for m, p in modeles.items()})
    heberges = [d for d in primo if d.motifs[0] == "01"]
    assert sum(d.logement.modele in {"LP", "POCC", "FONC"} for d in heberges) / len(heberges) < 0.05


def test_les_typologies_selon_la_taille(population):
    for taille in ("1", "2", "3", "4", "5"):
        retenues = [d.typologies[0] for d in population if str(d.taille) == taille]
        proches(parts(retenues), defaut("typologie_sachant_taille", taille), 0.05)


def test_les_lieux_souhaites(population):
    nombres = parts(str(len(d.lieux)) if len(d.lieux) < 5 else "5+" for d in population)
    proches(nombres, defaut("choix_communes", "nb_communes"))
    assert max(len(d.lieux) for d in population) == 8
    assert parts(d.lieux[0].commune == d.adresse.commune for d in population)[True] == pytest.approx(
        0.65, abs=TOLERANCE
    )
    assert parts(d.elargie for d in population)[True] == pytest.approx(0.35, abs=TOLERANCE)
    departements = [{lieu.commune[:2] for lieu in d.lieux} for d in population]
    assert sum(len(d) == 2 for d in departements) / TAILLE == pytest.approx(0.06, abs=0.006)
    assert all(len(set(d.lieux)) == len(d.lieux) for d in population)
    communes = {code for epci in territoire.epcis().values() for code in epci.communes}
    assert {lieu.commune for d in population for lieu in d.lieux} <= communes


def test_les_ressources(population):
    bloc = donnees.defauts()["ressources_annuelles_par_uc"]
    par_uc, nulles = [], 0
    for d in population:
        uc = 10 + 5 * len(d.cotitulaires) + sum(5 if annees(p.naissance) >= 14 else 3 for p in d.a_charge)
        total = sum(r.montant for adulte in (d.demandeur, *d.cotitulaires) for r in adulte.recues)
        nulles += total == 0
        if total:
            par_uc.append(total * 120 / uc)
    assert nulles / TAILLE == pytest.approx(bloc["masse_a_zero"], abs=0.006)
    assert quantiles(par_uc, n=4)[1] == pytest.approx(bloc["mediane_eur"], rel=0.02)
    non_connus = sum(d.demandeur.revenu.montant_moins_2 is None for d in population) / TAILLE
    assert non_connus == pytest.approx(0.06, abs=0.006)
    assert any(d.demandeur.revenu.montant_moins_2 == 0 for d in population)


def test_l_anciennete_suit_le_regime_permanent(population):
    for siren, epci in territoire.epcis().items():
        loi = anciennete.mois_en_attente(siren).parts
        attendue = sum(part for mois, part in loi.items() if mois >= 12)
        retenues = [d for d in population if d.lieux[0].commune[:2] == epci.departement]
        observee = sum((LE - d.depot).days >= 365.25 for d in retenues) / len(retenues)
        assert observee == pytest.approx(attendue, abs=0.025)


def test_chaque_menage_se_tient(population):
    for d in population:
        adultes = (d.demandeur, *d.cotitulaires)
        for personne in d.a_charge:
            if personne.lien == "E":
                assert all(annees(a.naissance) - annees(personne.naissance) >= 17 for a in adultes) or (
                    personne.naissance > d.depot or annees(personne.naissance) == 0
                )
        assert all(annees(a.naissance) >= 18 for a in adultes)
        assert annees(d.demandeur.naissance, d.depot) >= 18 or d.depot == LE
        assert d.depot <= LE <= d.fin_validite
        assert d.renouvellement is None or d.depot < d.renouvellement <= LE
        assert d.logement.occupants >= d.taille
        assert ("05" in d.motifs) == (d.expulsion is not None)
        assert ("23" in d.motifs) == (d.precision_motif is not None)
        assert all(d.depot <= autre.depot <= LE for autre in d.autres_numeros)


def test_chaque_code_est_dans_sa_liste(population):
    attendus = {
        "civilite": {d.demandeur.civilite for d in population},
        "situation_familiale": {d.demandeur.situation_familiale for d in population},
        "lien_demandeur": {c.lien for d in population for c in d.cotitulaires},
        "motif_demande": {motif for d in population for motif in d.motifs},
        "modele_logement": {d.logement.modele for d in population},
        "type_logement": {d.logement.typologie for d in population if d.logement.typologie},
        "ressource_recue": {r.code for d in population for r in d.demandeur.recues},
        "handicap_equipement": {e for d in population if d.handicap for e in d.handicap.equipements},
        "typologie_dalo": {d.dalo.typologie for d in population if d.dalo},
        "expulsion_stade": {d.expulsion.stade for d in population if d.expulsion},
        "label": {label.code for d in population for label in d.labels},
        "secteur_employeur": {d.demandeur.emploi.secteur for d in population if d.demandeur.emploi.secteur},
    }
    for nom, codes in attendus.items():
        assert codes, nom
        assert codes <= set(listes.liste(nom).codes), nom


def test_les_numeros_sont_uniques_et_ne_designent_personne_de_reel(population):
    numeros = [d.numero for d in population if d.numero] + [a.numero for d in population for a in d.autres_numeros]
    assert len(set(numeros)) == len(numeros)
    assert {len(numero) for numero in numeros} == {18}
    assert 0.05 < sum(d.numero is None for d in population) / TAILLE < 0.12
    assert any(d.autres_numeros for d in population)
    assert gcd(dossier._MELANGE, dossier.CAPACITE) == 1
    assert {d.demandeur.telephone[:6] for d in population if d.demandeur.telephone} == {"063998"}
    assert {d.demandeur.mel.split("@")[1] for d in population if d.demandeur.mel} == {"example.org"}


def test_un_locataire_dit_un_bailleur_de_son_departement():
    bailleurs = {"67": ("111111118",), "68": ("222222226", "333333334")}
    dits = {
        (d.lieux[0].commune[:2], d.logement.siren_bailleur)
        for d in Population(800, graine=2, le=LE, bailleurs=bailleurs)
    }
    attendus = {(departement, siren) for departement, sirens in bailleurs.items() for siren in sirens}
    assert {dit for dit in dits if dit[1]} == attendus


@given(st.dates(date(2005, 1, 1), date(2030, 12, 31)), st.integers(0, 5_000), st.floats(0, 1, exclude_max=True))
def test_une_demande_en_attente_est_valide_et_sa_validite_suit_le_renouvellement(le, jours, tirage):
    depot = date.fromordinal(le.toordinal() - jours)
    renouvellement, fin = dossier._validite(lambda: tirage, depot, le)
    assert fin >= le
    origine = renouvellement or depot
    assert depot <= origine <= le
    assert 364 <= (fin - origine).days <= 366
    if jours < 365:
        assert renouvellement is None
    if jours > 366:
        assert renouvellement is not None


def test_une_population_se_refait_et_se_prolonge():
    dix, cent = Population(10, graine=3, le=LE), Population(100, graine=3, le=LE)
    assert list(dix) == list(cent)[:10]
    assert cent.demande(57) == list(cent)[57]
    assert list(Population(10, graine=4, le=LE)) != list(dix)


def test_une_population_trop_grande_est_refusee():
    with pytest.raises(PopulationTropGrande, match="1000001"):
        Population(1_000_001, graine=1, le=LE)
