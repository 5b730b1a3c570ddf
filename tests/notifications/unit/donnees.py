"""A demande, a dwelling and what surrounds them, for the templates."""

from datetime import date
from typing import Any

from contracts.destinataires import AdressePostale, Destinataire
from contracts.evenements.flux import LogementMisADisposition
from services.notifications.domain.contenu import Territoire
from services.notifications.domain.message import Valeur

MISE = "mad-1"
LOGEMENT = LogementMisADisposition(
    mise_a_disposition=MISE,
    liberation="lib-1",
    bailleur="trois-rivieres-habitat",
    reservataire="prefecture-67",
    rpls="0123456789",
    commune="67482",
    typologie="T3",
    financement="PLUS",
    qpv=True,
    surface_m2=64,
    loyer_centimes=123_450,
    disponible_le=date(2026, 12, 1),
    designer_avant=date(2026, 12, 22),
    quartier="Neudorf",
    charges_centimes=5_005,
)
LOGEMENT_NU = LogementMisADisposition(
    mise_a_disposition=MISE,
    liberation="lib-1",
    bailleur="trois-rivieres-habitat",
    reservataire="prefecture-67",
    rpls="0123456789",
    commune="67482",
    typologie="T3",
    financement="PLUS",
    qpv=False,
    surface_m2=64,
    loyer_centimes=50_000,
    disponible_le=date(2026, 12, 1),
    designer_avant=date(2026, 12, 22),
)
TERRITOIRE = Territoire(
    "Guichet de l’Eurométropole", ("Piémont Logis", "Trois Rivières Habitat"), "Commission, Strasbourg", 72
)
TERRITOIRE_NU = Territoire("G6702", (), "auprès de la préfecture", None)

DONNEES: dict[str, dict[str, Valeur]] = {
    "attestation": {"renouvelee_le": "2026-10-01"},
    "preavis": {"valable_jusqu_au": "2027-11-20"},
    "radiation": {"motif": "RADNON", "le": "2026-11-22"},
    "proposition": {"mise_a_disposition": MISE, "le": "2026-11-22", "repondre_avant": "2026-12-02"},
    "proposition-acceptee": {"mise_a_disposition": MISE, "le": "2026-11-22"},
    "proposition-refusee": {"mise_a_disposition": MISE, "le": "2026-11-22"},
    "decision-favorable": {"mise_a_disposition": MISE, "seance_le": "2026-11-22", "decision": "ATTR_RANG", "rang": 2},
    "decision-defavorable": {
        "mise_a_disposition": MISE,
        "seance_le": "2026-11-22",
        "decision": "NON_ATTR",
        "rang": None,
    },
    "bail-signe": {"mise_a_disposition": MISE, "le": "2026-11-22"},
    "mise-a-disposition": {"mise_a_disposition": MISE, "designer_avant": "2026-12-22"},
    "logement-rendu": {"mise_a_disposition": MISE, "motif": "SANS_CANDIDAT", "le": "2026-12-22"},
}
NUES: dict[str, dict[str, Valeur]] = DONNEES | {
    "attestation": {},
    "radiation": {"motif": "inconnu", "le": "2026-11-22"},
    "decision-favorable": {"mise_a_disposition": MISE, "seance_le": "2026-11-22", "decision": "ATTR", "rang": None},
    "logement-rendu": {"mise_a_disposition": MISE, "motif": "RENONCIATION", "le": "2026-12-22"},
}


def destinataire(**autres: Any) -> Destinataire:
    """An applicant, like any other."""
    connu: dict[str, Any] = {
        "demande": "5f0c1f6e-0000-4000-8000-000000000001",
        "statut": "ACTIVE",
        "numero": "067112600000167482",
        "nom": "Wagner",
        "prenom": "Jeanne",
        "civilite": "2",
        "courriel": "jeanne.wagner@exemple.fr",
        "adresse": AdressePostale("rue des Tilleuls", "67000", "67482", "12", "Bât. B"),
        "deposee_le": date(2025, 11, 20),
        "valable_jusqu_au": date(2027, 11, 20),
        "guichet": "G6702",
        "territoire": "067",
        "communes": ("67482", "67447"),
        "typologies": ("T3", "T4"),
        "personnes": 3,
        "en_ligne": False,
        "motifs": {MISE: ("RESSOURCES_INADEQ", "COMPOSITION")},
        "precisions": {MISE: "Deux chambres au moins sont nécessaires."},
    }
    return Destinataire(**{**connu, **autres})


NU = destinataire(
    precisions={}, civilite=None, courriel=None, adresse=None, typologies=(), communes=("67482",), personnes=1
)
