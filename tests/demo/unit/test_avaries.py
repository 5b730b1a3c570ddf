"""Spoiled demandes: one in a hundred, in ten ways, each where the list says and nowhere else."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from contracts.sne.anomalies import ANOMALIES, Suite
from demo.avaries import AVARIES, BROUILLONS, MANQUES_DE_L_ETAT, avarie_de
from demo.envoi import ecrire_envoi
from demo.fichier_sne import ESPACE
from demo.population import Population, PopulationTropGrande

LE = date(2026, 11, 1)
N = {"n": ESPACE}
CONTRATS = Path(__file__).parents[3] / "contracts" / "sne"
GRAINE = 11


@pytest.fixture(scope="module")
def envoi(tmp_path_factory):
    dossier = tmp_path_factory.mktemp("envoi")
    population = Population(2_000, graine=GRAINE, le=LE)
    return dossier, {fichier.role: fichier for fichier in ecrire_envoi(dossier, population)}


def demandes_par_ligne(dossier, fichier):
    """Each `demandeLogement` by its line, counted here: lxml's `sourceline` is not exact beyond line 65,535."""
    texte = (dossier / fichier.nom).read_text(encoding="utf-8")
    trouvees, ligne = {}, 1
    for morceau in texte.split("<demandeLogement>\n"):
        corps, fermeture, _ = morceau.partition("</demandeLogement>")
        if fermeture:
            trouvees[ligne - 1] = etree.fromstring(f'<demandeLogement xmlns="{ESPACE}">{corps}</demandeLogement>')
        ligne += morceau.count("\n") + 1
    return trouvees


def test_les_dix_facons_ont_dix_codes_et_sont_refusees():
    assert len(AVARIES) == len({avarie.code for avarie in AVARIES}) == 10
    assert {avarie.suite for avarie in AVARIES} == {Suite.REFUS}
    assert {avarie.suite for avarie in BROUILLONS} == {Suite.BROUILLON}
    for avarie in (*AVARIES, *BROUILLONS):
        assert ANOMALIES[avarie.code].champ in {"", avarie.champ}


@pytest.mark.parametrize("graine", [0, 1, 2026])
def test_une_demande_sur_cent_est_avariee_et_chaque_facon_revient_autant(graine):
    choisies = [avarie_de(rang, graine) for rang in range(10_000)]
    noms = Counter(avarie.nom for avarie in choisies if avarie)
    assert [noms[avarie.nom] for avarie in AVARIES] == [10] * 10
    assert sum(noms[brouillon.nom] for brouillon in BROUILLONS) == 50


def test_le_fichier_annonce_exactement_ses_lignes(envoi):
    dossier, fichiers = envoi
    principal = fichiers["principal"]
    assert (principal.demandes, principal.refusees, principal.incompletes) == (2_000, 20, 10)
    assert principal.importees == 1_970
    lignes = (dossier / principal.nom).read_text(encoding="utf-8").split("\n")
    for attendue in (*principal.lignes_refusees, *principal.lignes_incompletes):
        assert lignes[attendue.ligne_demande - 1] == "<demandeLogement>"
        balise = [pas for pas in attendue.champ.split("/") if not pas.startswith("@")][-1]
        if attendue.ligne != attendue.ligne_demande:
            assert re.match(f"<{balise}[ >]", lignes[attendue.ligne - 1])


def test_le_schema_voit_les_fautes_de_forme_et_laisse_passer_les_autres(envoi):
    """Three faults need the world: an unknown commune, dates to come, a number already given; one, a look at the text."""
    dossier, fichiers = envoi
    schema = etree.XMLSchema(etree.parse(CONTRATS / "interface-nuu-02.01.xsd"))
    arbre = etree.parse(dossier / fichiers["principal"].nom)
    assert not schema.validate(arbre)
    vues = {erreur.line for erreur in schema.error_log}
    attendues = fichiers["principal"].lignes_refusees
    codes_vus = {a.code for a in attendues if any(a.ligne_demande <= vue <= a.ligne_demande + 200 for vue in vues)}
    hors_schema = {"commune-inconnue", "naissance-future", "depot-futur"}
    hors_schema |= {"numero-unique-deja-attribue", "texte-illisible"}
    assert {avarie.code for avarie in AVARIES} - hors_schema <= codes_vus
    fautives = [a.ligne_demande for a in (*attendues, *fichiers["principal"].lignes_incompletes)]
    for vue in vues:
        assert any(debut <= vue <= debut + 200 for debut in fautives)


def test_chaque_avarie_est_dans_la_demande_annoncee(envoi):
    dossier, fichiers = envoi
    par_ligne = demandes_par_ligne(dossier, fichiers["principal"])
    demandes = {a.code: par_ligne[a.ligne_demande] for a in fichiers["principal"].lignes_refusees}

    def texte(code, chemin):
        return demandes[code].findtext(chemin, namespaces=N)

    assert demandes["code-inconnu"].find(".//n:motifDemande", namespaces=N).get("code") == "99"
    lieu = ".//n:localisationSouhaite/n:commune"
    assert demandes["commune-inconnue"].find(lieu, namespaces=N).get("code") == "67999"
    assert texte("date-impossible", ".//n:demandeur/n:dateNaissance") == "1985-02-30"
    assert texte("naissance-future", ".//n:demandeur/n:dateNaissance") == "2056-03-14"
    assert texte("identite-absente", ".//n:demandeur/n:nom") is None
    assert len(texte("numero-unique-mal-forme", "n:numUnique")) != 18
    assert texte("montant-negatif", ".//n:demandeur/n:revenuFiscal/n:montantMoins2") == "-1200"
    assert texte("depot-futur", "n:dateCreationDemande") == "2056-03-14"
    assert "\ufffd" in texte("texte-illisible", ".//n:demandeur/n:prenom")
    numeros = Counter(lue.findtext("n:numUnique", namespaces=N) for lue in par_ligne.values())
    repetes = [numero for numero, fois in numeros.items() if numero and fois > 1]
    malformes = [numero for numero in repetes if len(numero) != 18]
    assert len(repetes) - len(malformes) == 2
    assert texte("numero-unique-deja-attribue", "n:numUnique") in repetes


def test_les_brouillons_manquent_de_ce_qui_est_annonce(envoi):
    dossier, fichiers = envoi
    par_ligne = demandes_par_ligne(dossier, fichiers["principal"])
    demandes = {a.code: par_ligne[a.ligne_demande] for a in fichiers["principal"].lignes_incompletes}
    assert demandes["guichet-absent"].find("n:numGuichet", namespaces=N) is None
    assert demandes["typologie-absente"].find(".//n:typeLogement", namespaces=N) is None
    assert demandes["typologie-absente"].find(".//n:localisationSouhaite", namespaces=N) is not None
    assert demandes["recherche-absente"].find("n:logementRecherche", namespaces=N) is None


def test_le_fichier_a_la_facon_de_l_etat_est_tout_en_brouillons(envoi):
    dossier, fichiers = envoi
    fichier = fichiers["brouillons-etat"]
    arbre = etree.parse(dossier / fichier.nom)
    assert etree.XMLSchema(etree.parse(CONTRATS / "interface-nuu-02.00.xsd")).validate(arbre)
    assert arbre.find(".//n:typeFichier", namespaces=N) is None
    assert (fichier.importees, fichier.incompletes) == (0, 3)
    assert {a.code for a in fichier.lignes_incompletes} == set(MANQUES_DE_L_ETAT)


@pytest.mark.parametrize("role", ["tronque", "encodage"])
def test_un_fichier_casse_rend_ce_qui_precede_et_casse_a_la_ligne_annoncee(envoi, role):
    dossier, fichiers = envoi
    fichier = fichiers[role]
    vues = []
    with pytest.raises(etree.XMLSyntaxError) as levee:
        vues.extend(e.tag for _, e in etree.iterparse(dossier / fichier.nom, tag=f"{{{ESPACE}}}demandeLogement"))
    assert len(vues) == fichier.importees == 2
    assert levee.value.lineno == fichier.lignes_fichier[0].ligne


def test_un_envoi_se_refait_octet_pour_octet_et_se_coupe_en_fichiers(tmp_path):
    population = Population(250, graine=GRAINE, le=LE)
    un, deux, coupe = (tmp_path / nom for nom in ("un", "deux", "coupe"))
    for dossier in (un, deux, coupe):
        dossier.mkdir()
    ecrits = ecrire_envoi(un, population)
    ecrire_envoi(deux, population)
    for fichier in ecrits:
        assert (un / fichier.nom).read_bytes() == (deux / fichier.nom).read_bytes()
    comptes = []
    coupes = ecrire_envoi(coupe, population, par_fichier=100, progres=comptes.append)
    principaux = [f for f in coupes if f.role == "principal"]
    assert [f.demandes for f in principaux] == [100, 100, 50]
    assert sum(f.refusees for f in principaux) == ecrits[0].refusees == 3
    assert sum(comptes) == 250
    assert [f.role for f in ecrire_envoi(tmp_path, population, avaries=False)] == ["principal"]


def test_une_population_sans_place_pour_les_fichiers_casses_est_refusee_avant_d_ecrire(tmp_path):
    with pytest.raises(PopulationTropGrande):
        ecrire_envoi(tmp_path, Population(1_000_000, graine=1, le=LE))
    assert list(tmp_path.iterdir()) == []
