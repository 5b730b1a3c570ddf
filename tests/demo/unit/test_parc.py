"""Parks, vacancies and conventions of the demonstration's landlords."""

from collections import Counter
from fractions import Fraction

import pytest

from contracts import listes
from demo.conventions import POURCENTAGES, conventions, part_propre, parts_en
from demo.liberations import ROTATION, generer_liberations
from demo.parc import generer_parc
from demo.region import lire_region
from demo.rpls import ecrire_rpls, nom_du_fichier, siret
from demo.territoire import epcis

REGION = lire_region()
EXERCICE = 2026


@pytest.fixture(scope="module", params=[bailleur.id for bailleur in REGION.bailleurs])
def bailleur(request):
    return next(b for b in REGION.bailleurs if b.id == request.param)


@pytest.fixture(scope="module")
def parc(bailleur):
    return list(generer_parc(bailleur, logements=4_000, graine=3, annee=EXERCICE))


@pytest.fixture(scope="module")
def lignes(tmp_path_factory, bailleur, parc):
    chemin = tmp_path_factory.mktemp("rpls") / nom_du_fichier(bailleur, EXERCICE)
    ecrire_rpls(chemin, bailleur, parc, nombre=len(parc), annee=EXERCICE)
    return chemin.read_text(encoding="iso-8859-1").splitlines()


def test_le_parc_est_dans_les_epci_du_bailleur_et_ses_logements_se_distinguent(bailleur, parc):
    assert len(parc) == 4_000
    communes = {
        code for epci in epcis().values() if epci.departement in bailleur.departements for code in epci.communes
    }
    assert {logement.programme.commune for logement in parc} <= communes
    assert {logement.programme.commune[:2] for logement in parc} == set(bailleur.departements)
    assert len({logement.identifiant_rpls for logement in parc}) == 4_000
    assert len({logement.identifiant_bailleur for logement in parc}) == 4_000
    typologies = Counter(logement.typologie for logement in parc)
    assert typologies["T3"] == max(typologies.values())
    assert 0.15 < sum(logement.programme.en_qpv for logement in parc) / 4_000 < 0.45
    assert all(logement.loyer <= logement.loyer_maximal for logement in parc)
    assert list(generer_parc(bailleur, logements=4_000, graine=3, annee=EXERCICE)) == parc
    assert list(generer_parc(bailleur, logements=50, graine=4, annee=EXERCICE)) != parc[:50]


def test_le_fichier_rpls_a_douze_puis_soixante_quatre_champs(bailleur, parc, lignes):
    entete = lignes[0].split(";")
    assert len(entete) == 12
    assert entete[:3] == [str(EXERCICE), bailleur.siren, bailleur.nom]
    assert entete[10] == "4000"
    assert len(lignes) == 4_001
    assert {len(ligne.split(";")) for ligne in lignes[1:]} == {64}
    assert nom_du_fichier(bailleur, EXERCICE) == f"{EXERCICE}_01_{bailleur.siren}_001.CSV"


def test_chaque_champ_du_fichier_suit_sa_definition(lignes):
    champs = listes.table("rpls_fichier")["logement"]
    for ligne in lignes[1:]:
        for champ, valeur in zip(champs, ligne.split(";"), strict=True):
            note = champ.get("note", "")
            assert len(valeur) <= champ["longueur_max"], champ["nom"]
            assert not valeur or "codes" not in champ or valeur in champ["codes"], champ["nom"]
            assert not valeur or champ["type"] != "entier" or valeur.isdigit(), champ["nom"]
            assert valeur or not note.startswith("obligatoire") or "communes" in note, champ["nom"]


def test_la_cle_du_siret():
    assert siret("999000110")[:13] == "9990001100001"
    assert siret("732829320")[:9] == "732829320"
    chiffres = [int(c) for c in siret("732829320")]
    doubles = [chiffre * 2 if rang % 2 == 0 else chiffre for rang, chiffre in enumerate(chiffres)]
    assert sum(d - 9 if d > 9 else d for d in doubles) % 10 == 0


def test_un_an_de_liberations(bailleur, parc):
    liberations = generer_liberations(bailleur, parc, graine=3, exercice=EXERCICE)
    attendu = sum(ROTATION[logement.typologie] for logement in parc if logement.occupation == "1")
    assert len(liberations) == pytest.approx(attendu, rel=0.15)
    assert 0.07 < len(liberations) / len(parc) < 0.12
    dates = [liberation.liberation for liberation in liberations]
    assert dates == sorted(dates)
    assert {jour.year for jour in dates} == {EXERCICE}
    assert {jour.month for jour in dates} == set(range(1, 13))
    assert all(lib.preavis < lib.liberation <= lib.disponible for lib in liberations)
    loues = {logement.identifiant_rpls for logement in parc if logement.occupation == "1"}
    libres = [lib.identifiant_rpls for lib in liberations]
    assert set(libres) <= loues
    assert len(set(libres)) == len(libres)
    soustraites = [lib for lib in liberations if lib.soustraction]
    assert 0.08 < len(soustraites) / len(liberations) < 0.2
    assert {lib.soustraction for lib in soustraites} <= {
        "MUTATION_INTERNE", "RENOUVELLEMENT_URBAIN", "ORCOD", "L521_3", "VENTE_L443_7"
    }  # fmt: skip
    assert liberations == generer_liberations(bailleur, parc, graine=3, exercice=EXERCICE)


@pytest.mark.parametrize("commune", sorted({c for epci in epcis().values() for c in epci.communes}))
def test_les_parts_respectent_la_loi_dans_chaque_commune(commune):
    """L13: State at most 30 %, agents 5; L15: 30 % alike everywhere; L19: collectivités 20 % together."""
    signees = conventions(REGION, exercice=EXERCICE)
    types = {reservataire.id: reservataire.type for reservataire in REGION.reservataires}
    for bailleur in REGION.bailleurs:
        if commune[:2] not in bailleur.departements:
            continue
        parts = parts_en(commune, signees, bailleur=bailleur, part_propre=part_propre(REGION, bailleur))
        assert sum(parts.values()) == 1
        assert all(part > 0 for part in parts.values())
        par_type = Counter()
        for reservataire, part in parts.items():
            par_type[types[reservataire]] += part
        assert par_type["ETAT_PRIORITAIRES"] + par_type["ETAT_AGENTS"] == Fraction(30, 100)
        assert par_type["ETAT_AGENTS"] <= Fraction(5, 100)
        assert par_type["COMMUNE"] + par_type["EPCI"] <= Fraction(20, 100)
        assert par_type["BAILLEUR"] > 0
        assert all(len({c[:2] for c in part.communes}) == 1 for conv in signees for part in conv.parts)


def test_une_convention_par_bailleur_reservataire_et_departement_l_etat_d_abord():
    """L5, L6 and L23."""
    signees = conventions(REGION, exercice=EXERCICE)
    cles = [(c.bailleur, c.reservataire, c.departement) for c in signees]
    assert len(set(cles)) == len(cles) > 10
    types = [c.type_reservataire for c in signees]
    assert set(types) == set(POURCENTAGES)
    etat = [t.startswith("ETAT") for t in types]
    assert etat == sorted(etat, reverse=True)
    for convention in signees:
        reservataire = next(r for r in REGION.reservataires if r.id == convention.reservataire)
        if reservataire.type == "COMMUNE":
            assert set(convention.parts[0].communes) == set(reservataire.communes)
        assert convention.signature < convention.effet < convention.fin
