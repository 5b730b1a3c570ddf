"""SNE files written by the demonstration: valid, streamed, and each line where the writer says."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree

from demo.demande_sne import lignes_de_la_demande
from demo.fichier_sne import ESPACE, Entete, FichierSne, ecrire_fichier, nom_de_fichier
from demo.population import Population

LE = date(2026, 11, 1)
INSTANT = datetime(2026, 11, 1, 6, 30, tzinfo=timezone(timedelta(hours=1)))
CONTRATS = Path(__file__).parents[3] / "contracts" / "sne"
N = {"n": ESPACE}


@pytest.fixture(scope="module")
def population():
    return list(Population(600, graine=5, le=LE, bailleurs={"67": ("123456782",)}))


@pytest.mark.parametrize("version", ["02.00", "02.01"])
def test_le_fichier_est_valide_et_dit_tout(tmp_path, population, version):
    chemin = tmp_path / "demandes.xml"
    assert ecrire_fichier(chemin, Entete(version, INSTANT), population) == 600
    arbre = etree.parse(chemin)
    schema = etree.XMLSchema(etree.parse(CONTRATS / f"interface-nuu-{version}.xsd"))
    assert schema.validate(arbre), schema.error_log[:3]
    assert arbre.getroot().get("versionInterface") == version
    assert arbre.findtext(".//n:dateFichier", namespaces=N) == "2026-11-01T06:30:00.000+01:00"
    sections = ("listeCotitulaire", "personneANaitre", "listePersonneEnGarde", "complementHandicap", "dalo", "label")
    sections += (
        "autreNumUnique",
        "precisionMotif",
        "quartier",
        "nomPatronymique",
        "sirenBailleur",
        "batiment",
        "stadeExpulsion",
    )
    for section in sections:
        assert arbre.find(f".//n:{section}", namespaces=N) is not None, section


def test_chaque_demande_se_relit_telle_qu_elle_est(tmp_path, population):
    chemin = tmp_path / "demandes.xml"
    ecrire_fichier(chemin, Entete("02.01", INSTANT), population)
    lues = etree.parse(chemin).findall(".//n:demandeLogement", namespaces=N)
    for demande, lue in zip(population, lues, strict=True):
        assert lue.findtext("n:numUnique", namespaces=N) == demande.numero
        assert lue.findtext(".//n:demandeur/n:nom", namespaces=N) == demande.demandeur.nom
        assert lue.findtext(".//n:nomEmployeurPrincipal", namespaces=N) in {
            adulte.emploi.employeur for adulte in (demande.demandeur, *demande.cotitulaires)
        }
        lieux = lue.findall(".//n:localisationSouhaite/n:commune", namespaces=N)
        assert [lieu.get("code") for lieu in lieux] == [lieu.commune for lieu in demande.lieux]
        motifs = lue.findall(".//n:motifDemande", namespaces=N)
        assert tuple(motif.get("code") for motif in motifs) == demande.motifs
        montant = lue.findtext(".//n:demandeur/n:revenuFiscal/n:montantMoins2", namespaces=N)
        assert montant == (None if (n2 := demande.demandeur.revenu.montant_moins_2) is None else str(n2))


def test_la_ligne_annoncee_est_celle_du_fichier(tmp_path, population):
    chemin = tmp_path / "demandes.xml"
    with FichierSne(chemin, Entete("02.01", INSTANT, type_fichier=None)) as fichier:
        annoncees = [fichier.ajouter(lignes_de_la_demande(demande)) for demande in population]
    lues = etree.parse(chemin).findall(".//n:demandeLogement", namespaces=N)
    assert [lue.sourceline for lue in lues] == annoncees
    assert annoncees[-1] > 50_000  # and below 65,536, beyond which lxml's sourceline is not exact


def test_une_version_ou_un_instant_qui_ne_se_disent_pas_sont_refuses():
    with pytest.raises(ValueError, match=r"03\.00"):
        Entete("03.00", INSTANT)
    with pytest.raises(ValueError, match="décalage"):
        Entete("02.01", datetime(2026, 11, 1, 6))  # noqa: DTZ001


def test_le_nom_du_fichier():
    assert nom_de_fichier("67482", datetime(2026, 3, 2, 9, 5, tzinfo=UTC), 12) == "DEM67482-202603020905-000012.xml"
