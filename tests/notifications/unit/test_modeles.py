"""Every template says what the law asks, with and without its optional parts, in good French typography."""

import re
from datetime import date
from typing import Any

import jinja2
import pytest

from contracts.destinataires import AdressePostale
from services.notifications.adapters.modeles import DOSSIER, ecrire, enumeration, euros, jour, mettre_en_page
from services.notifications.domain.avis import DEFAVORABLES
from services.notifications.domain.canaux import Regle
from services.notifications.domain.contenu import FaitsAbsents, du_demandeur, du_partenaire, enveloppe
from services.notifications.domain.ecrit import Ecrit
from services.notifications.domain.modeles import MODELES
from tests.notifications.unit.donnees import (
    DONNEES,
    LOGEMENT,
    LOGEMENT_NU,
    MISE,
    NU,
    NUES,
    TERRITOIRE,
    TERRITOIRE_NU,
    destinataire,
)


def contenu(modele: str, *, plein: bool) -> dict[str, Any]:
    """What the template is given."""
    donnees, logement = (DONNEES, LOGEMENT) if plein else (NUES, LOGEMENT_NU)
    if MODELES[modele].regle is Regle.PARTENAIRE:
        return du_partenaire("Préfecture du Bas-Rhin", donnees[modele], logement)
    lu, autour = (destinataire(), TERRITOIRE) if plein else (NU, TERRITOIRE_NU)
    return du_demandeur(lu, donnees[modele], autour, logement)


def rendu(modele: str, *, plein: bool = True) -> Ecrit:
    return ecrire(modele, MODELES[modele].version, contenu(modele, plein=plein))


@pytest.mark.parametrize("plein", [True, False])
@pytest.mark.parametrize("modele", MODELES)
def test_chaque_modele_se_rend(modele: str, plein: bool) -> None:
    ecrit = rendu(modele, plein=plein)
    tout = ecrit.objet + "\n" + ecrit.texte()
    assert "None" not in tout
    assert "{" not in tout
    assert len(ecrit.objet) < 90
    assert all(ligne.strip() for bloc in ecrit.blocs for ligne in bloc.lignes)


@pytest.mark.parametrize("plein", [True, False])
@pytest.mark.parametrize("modele", MODELES)
def test_la_typographie_est_francaise(modele: str, plein: bool) -> None:
    ecrit = rendu(modele, plein=plein)
    tout = ecrit.objet + "\n" + ecrit.texte()
    assert not re.search(r" [:;!?»%€]", tout), "a breaking space stands before a double sign"
    assert not re.search(r"(?<![\s\u00a0\u202f-])[:;!?](?!\d)", tout), "a double sign lacks its space"
    assert "'" not in tout, "the apostrophe is typographic"
    assert '"' not in tout
    assert "..." not in tout
    assert not re.search(r"\s[,.]", tout)
    assert not re.search(r"[^\n] {2}", tout)


@pytest.mark.parametrize("modele", MODELES)
def test_un_modele_refuse_ce_qui_lui_manque(modele: str) -> None:
    """StrictUndefined: a fact that is not given never leaves a hole in a legal notice."""
    with pytest.raises(jinja2.UndefinedError):
        ecrire(modele, MODELES[modele].version, {})


def test_chaque_modele_a_son_fichier_et_inversement() -> None:
    fichiers = {dossier.name for dossier in DOSSIER.iterdir() if dossier.is_dir()} - {"gabarits"}
    assert fichiers == set(MODELES)


@pytest.mark.duty("demande:D10")
def test_l_attestation_dit_tout_ce_que_demande_r441_2_4() -> None:
    dit = rendu("attestation").texte().replace("\u00a0", " ")
    for attendu in (
        "Madame Jeanne Wagner",
        "Bât. B, 12 rue des Tilleuls, 67000 Strasbourg",
        "Guichet de l’Eurométropole",
        "067112600000167482",
        "Date de réception : 20 novembre 2025",
        "Dernier renouvellement : 1er octobre 2026",
        "– Piémont Logis\n– Trois Rivières Habitat",
        "au 20 novembre 2031",
        "Adresse : Commission, Strasbourg",
        "20 novembre 2027",
        "mise à jour",
        "radiée dans six cas",
        "suivi de votre dossier",
        "Communes souhaitées : Strasbourg et Schiltigheim",
        "La suite",
        "Pièces",
    ):
        assert attendu in dit, attendu


@pytest.mark.duty("demande:D18")
def test_le_preavis_dit_la_date_et_ce_que_vaut_le_silence() -> None:
    dit = rendu("preavis").texte()
    assert "20 novembre 2027" in dit
    assert "sera radiée" in dit


@pytest.mark.duty("flux:L28")
def test_la_proposition_dit_la_date_de_reponse_et_les_consequences_d_un_refus() -> None:
    ecrit = rendu("proposition")
    dit = ecrit.texte()
    assert "2 décembre 2026" in ecrit.objet
    for attendu in (
        "votre silence vaut refus",
        "votre refus peut diminuer votre cotation",
        "DALO",
        "1\u202f234,50\u00a0€",
    ):
        assert attendu in dit


@pytest.mark.duty("demande:D28")
def test_un_rejet_dit_tous_ses_motifs_et_ne_part_pas_sans_eux() -> None:
    dit = rendu("decision-defavorable").texte()
    assert "Les motifs de cette décision" in dit
    assert "reste à vivre" in dit
    assert "composition du ménage" in dit
    assert "La commission précise\u00a0: Deux chambres au moins sont nécessaires." in dit
    for decision in DEFAVORABLES:
        with pytest.raises(FaitsAbsents):
            du_demandeur(
                destinataire(motifs={}),
                {"mise_a_disposition": MISE, "seance_le": "2026-11-22", "decision": decision},
                TERRITOIRE,
                LOGEMENT,
            )


def test_ce_qu_une_personne_a_ecrit_ne_change_pas_la_forme() -> None:
    """Neither a block of its own in the text, nor markup in the page."""
    lu = destinataire(nom="<script>alert(1)</script>\n## Faux titre\n- faux")
    ecrit = ecrire("attestation", 1, du_demandeur(lu, {}, TERRITOIRE, None))
    attendue = [(bloc.genre, len(bloc.lignes)) for bloc in rendu_sans_renouvellement().blocs]
    assert [(bloc.genre, len(bloc.lignes)) for bloc in ecrit.blocs] == attendue
    page = mettre_en_page(ecrit, "Région")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def rendu_sans_renouvellement() -> Ecrit:
    return ecrire("attestation", 1, du_demandeur(destinataire(), {}, TERRITOIRE, None))


def test_les_filtres() -> None:
    assert jour(date(2026, 3, 1)) == "1er mars 2026"
    assert euros(123_456_789) == "1\u202f234\u202f567,89\u00a0€"
    assert enumeration(["A"]) == "A"
    assert enumeration(["A", "B", "C"]) == "A, B et C"


def test_l_enveloppe_va_la_ou_va_le_courrier() -> None:
    assert enveloppe(destinataire(chez="M. Roth")) == [
        "Madame Jeanne Wagner", "Chez M. Roth", "Bât. B", "12 rue des Tilleuls", "67000 Strasbourg"
    ]  # fmt: skip
    ailleurs = AdressePostale("place Kléber", "67000", "67482", "1")
    assert enveloppe(destinataire(courrier=ailleurs)) == ["Madame Jeanne Wagner", "1 place Kléber", "67000 Strasbourg"]
