"""What the owner of a subscription may do with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.enveloppe import CloudEvent
from services.chassis.events.unit_of_work import UnitOfWork
from services.chassis.problems import StaleVersion
from services.chassis.vault.keys import KeyStore
from services.notifications.adapters import abonnements, livraisons
from services.notifications.adapters.abonnements import AbonnementLu, Scelle, sceller, sujet
from services.notifications.adapters.livraisons import ALivrer
from services.notifications.adapters.signature import nouveau_trousseau
from services.notifications.domain.abonnement import ESSAI, RECOUVREMENT, EtatAbonnement, identite_livraison
from services.notifications.domain.erreurs import (
    AbonnementInactif,
    AbonnementInconnu,
    LivraisonInconnue,
    RelanceRefusee,
)


@dataclass(frozen=True, slots=True)
class Secrete:
    """A subscription, with the secret that its owner is shown once."""

    lu: AbonnementLu
    secret: str


@dataclass(frozen=True, slots=True)
class Ouverture:
    """A new subscription: whose, where, for what. url: already checked."""

    organisation: str
    url: str
    types: tuple[str, ...]
    description: str


async def ouvrir_abonnement(abonnement: UUID, ouverture: Ouverture, keys: KeyStore, work: UnitOfWork) -> Secrete:
    """Open a subscription; from now on each event that names its organisation is queued for it."""
    trousseau = nouveau_trousseau()
    known = await keys.obtain([sujet(abonnement)])
    lu = AbonnementLu(
        id=abonnement,
        organisation=ouverture.organisation,
        url=ouverture.url,
        types=list(ouverture.types),
        description=ouverture.description,
        etat=EtatAbonnement.ACTIF.value,
        raison=None,
        version=1,
        cle_publique=trousseau.cle_publique,
        cree_par=work.context.acteur,
        cree_a=work.context.at,
    )
    await abonnements.creer(work.connection, lu, sceller(abonnement, trousseau, known))
    return Secrete(lu, trousseau.courant)


async def renouveler_secret(abonnement: UUID, attendue: int, keys: KeyStore, work: UnitOfWork) -> Secrete:
    """A new secret; the former one signs beside it for a day. Raises AbonnementInconnu, StaleVersion."""
    scelle = await _verrouille(abonnement, attendue, work)
    ouverts = await abonnements.ouvrir(keys, [scelle])
    ancien = ouverts.get(abonnement)
    trousseau = ancien.renouvele(work.context.at + RECOUVREMENT) if ancien else nouveau_trousseau()
    known = await keys.obtain([sujet(abonnement)])
    await abonnements.renouveler(work.connection, abonnement, sceller(abonnement, trousseau, known))
    return Secrete(replace(scelle.lu, version=attendue + 1), trousseau.courant)


async def changer_etat(abonnement: UUID, attendue: int, etat: EtatAbonnement, work: UnitOfWork) -> int:
    """Close a subscription, or call it again; returns its version. Nothing to say when it already is so.

    What was queued before a suspension is then delivered; what happened during it is read in the feed. Raises
    AbonnementInconnu, StaleVersion.
    """
    scelle = await _verrouille(abonnement, attendue, work)
    if scelle.lu.etat == etat:
        return attendue
    await abonnements.changer_etat(work.connection, abonnement, etat.value)
    return attendue + 1


async def essayer_abonnement(abonnement: UUID, essai: str, region: str, work: UnitOfWork) -> UUID:
    """Queue a test event; returns its delivery. essai: identifier of the test. Raises AbonnementInactif."""
    lu = await _actif(abonnement, work)
    livraison = identite_livraison(abonnement, "essai", essai)
    event = CloudEvent(
        id=essai,
        source=f"/logis/{region}/notifications",
        type=ESSAI,
        subject=str(abonnement),
        time=work.context.at.isoformat().replace("+00:00", "Z"),
        dataschema=f"urn:logis:schema:{ESSAI}",
        data={"abonnement": str(abonnement)},
        correlationid=work.context.correlation_id,
        organisations=lu.organisation,
    )
    corps = msgspec.json.encode(event)
    due = ALivrer(livraison, abonnement, "essai", essai, ESSAI, f"essai/{essai}", corps)
    await livraisons.mettre_en_file(work.connection, [due], work.context.at)
    return livraison


async def relancer_livraison(livraison: UUID, work: UnitOfWork) -> None:
    """Start again a delivery that was given up. Raises LivraisonInconnue, RelanceRefusee, AbonnementInactif."""
    lue = await livraisons.lire(work.connection, livraison)
    if lue is None:
        raise LivraisonInconnue("Aucune livraison ne porte cet identifiant : reprenez-le dans la liste des livraisons.")
    await _actif(lue.abonnement, work)
    if not await livraisons.relancer(work.connection, livraison, work.context.at):
        raise RelanceRefusee(f"Cette livraison est « {lue.etat} » : seule une livraison échouée se relance.")


async def relancer_depuis(abonnement: UUID, depuis: datetime, work: UnitOfWork) -> int:
    """Start again all that was given up since an instant; returns how many. Raises AbonnementInactif."""
    await _actif(abonnement, work)
    return await livraisons.relancer_tout(work.connection, abonnement, depuis, work.context.at)


async def _actif(abonnement: UUID, work: UnitOfWork) -> AbonnementLu:
    scelle = await abonnements.lire(work.connection, abonnement)
    if scelle is None:
        raise _inconnu()
    if scelle.lu.etat != EtatAbonnement.ACTIF:
        raise AbonnementInactif(f"Cet abonnement est « {scelle.lu.etat} » : réactivez-le d'abord.")
    return scelle.lu


async def _verrouille(abonnement: UUID, attendue: int, work: UnitOfWork) -> Scelle:
    scelle = await abonnements.lire(work.connection, abonnement, verrou=True)
    if scelle is None:
        raise _inconnu()
    if scelle.lu.version != attendue:
        raise StaleVersion(attendue=attendue, actuelle=scelle.lu.version)
    return scelle


def _inconnu() -> AbonnementInconnu:
    return AbonnementInconnu("Aucun abonnement ne porte cet identifiant : reprenez-le dans la liste des abonnements.")
