"""The published example of Strasbourg, from the register's own events to its points: the situation gives what scoring needs."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import contracts
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.oracle import evaluer
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.demande import Demande, enregistrer, evolve
from services.demande.domain.dossier import Adresse, Dossier, Emploi, Lieu, LogementActuel, Personne, Recherche, Role
from services.demande.domain.evenements import OffreAppreciee, PropositionRefusee
from services.demande.domain.situation import situation

LE, DEPOT, REFUS = date(2026, 11, 1), date(2026, 1, 1), date(2026, 7, 1)
LIEU = "67482"
GRILLE = Path(contracts.__file__).parent / "grilles" / "strasbourg-2019.json"


def deposee() -> Demande:
    """Ten months ago, from a residence, by somebody in a fixed-term contract."""
    demandeur = Personne(
        Role.DEMANDEUR, date(1990, 5, 5), adresse=Adresse(commune=LIEU), emploi=Emploi("CDD", commune=LIEU), recues=()
    )
    commande = DeposerDemande(
        deposee_le=DEPOT,
        recue_le=DEPOT,
        guichet="67482",
        canal="guichet",
        territoire="067",
        recherche=Recherche(("T2",), (Lieu(LIEU),)),
        dossier=Dossier(motifs=("21",), logement=LogementActuel(("RS",))),
        personnes={"demandeur": demandeur},
    )
    return evolve(enregistrer(Demande(), commande, "empreinte")[0], Demande())


def points(demande: Demande) -> dict[str, Decimal]:
    """Total of the place and value of each rule that counts, by the published grid and the oracle."""
    faits = faits_du_lieu(situation("d1", demande, le=LE), LIEU)
    resultat = evaluer(lire_grille(GRILLE.read_bytes()), faits, LE)
    return {ligne.regle: ligne.valeur for ligne in resultat.lignes if ligne.compte} | {"total": resultat.total}


def refusee(demande: Demande, *, adaptee: bool | None) -> Demande:
    refus = PropositionRefusee(demande.situation + 1, "p1", "m1", REFUS, silence=False, motif=None)
    demande = evolve(refus, demande)
    if adaptee is None:
        return demande
    return evolve(OffreAppreciee(demande.situation + 1, "p1", adaptee, REFUS), demande)


@pytest.mark.duty("demande:D07")
def test_les_dates_du_registre_donnent_les_points_publies():
    """Ten months then a refusal at the sixth: 4 months left, × (1 + 0.3 + 0.3) = 6.4; before it, 10 × 1.6 = 16."""
    avant = points(deposee())
    assert (avant["ANC"], avant["total"]) == (10, 16)
    apres = points(refusee(deposee(), adaptee=True))
    assert (apres["ANC"], apres["total"]) == (4, Decimal("6.4"))
    assert points(refusee(deposee(), adaptee=None)) == apres
