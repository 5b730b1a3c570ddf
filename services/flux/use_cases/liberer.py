"""A landlord's system frees a dwelling; the release is qualified at once (flux.md §7, 1 to 3)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts import territoire
from services.chassis.events.unit_of_work import UnitOfWork
from services.flux.domain.erreurs import LiberationInconnue, LogementInconnu
from services.flux.domain.evenements import Caracteristiques, LogementEcarte, LogementLibere, LogementSoustrait, Origine
from services.flux.domain.identifiants import id_liberation
from services.flux.domain.liberation import Statut, liberer, reintegrer, soustraire
from services.flux.domain.logement import Logement
from services.flux.flots import LIBERATION, LOGEMENT


@dataclass(frozen=True, slots=True)
class LibererLogement:
    """The command. bailleur, siren: the landlord; amounts in cents a month, None: those of the park; soustraction: L8."""

    bailleur: str
    siren: str
    rpls: str
    occurrence: int
    origine: Origine
    preavis_le: date | None
    libere_le: date
    disponible_le: date
    quartier: str | None
    loyer_centimes: int | None
    charges_centimes: int
    soustraction: str | None
    operation: str | None
    hors_flux: str | None
    le: date

    @property
    def liberation(self) -> UUID:
        """The identifier that follows from the natural key."""
        return id_liberation(self.siren, self.rpls, self.occurrence)


@dataclass(frozen=True, slots=True)
class Liberee:
    """What the landlord's system gets back. nouvelle: False when the release was known."""

    liberation: UUID
    version: int
    statut: Statut
    motif: str | None
    nouvelle: bool


async def liberer_logement(commande: LibererLogement, work: UnitOfWork) -> Liberee:
    """Record the release, once whatever the number of times it is announced.

    Raises LogementInconnu, LiberationContradictoire.
    """
    liberation = await work.load(LIBERATION, commande.liberation)
    logement = (await work.load(LOGEMENT, commande.rpls)).state
    faits = _faits(commande, logement)
    evenements = liberer(liberation.state, faits, _qualification(commande, logement))
    version = await work.append(liberation, evenements)
    etat = liberation.state
    for evenement in evenements:
        etat = LIBERATION.evolve(evenement, etat)
    return Liberee(commande.liberation, version, etat.statut, etat.motif, bool(evenements))


async def requalifier(
    liberation: UUID, version: int, soustraction: str | None, operation: str | None, le: date, work: UnitOfWork
) -> int:
    """Deduct the release from the flow, or (soustraction None) put it back. Raises QualificationImpossible, StaleVersion."""
    stream = await work.load(LIBERATION, liberation)
    if stream.state.faits is None:
        raise LiberationInconnue("Aucune libération ne porte cet identifiant.")
    stream.expect_version(version)
    if soustraction is None:
        return await work.append(stream, reintegrer(stream.state, le))
    return await work.append(stream, soustraire(stream.state, soustraction, operation, le))


def _faits(commande: LibererLogement, logement: Logement) -> LogementLibere:
    fiche = logement.fiche
    if fiche is None or fiche.bailleur != commande.bailleur:
        raise LogementInconnu(
            f"Le logement {commande.rpls} n'est pas dans le parc de ce bailleur. Vérifiez l'identifiant RPLS, ou "
            "transmettez d'abord le fichier RPLS qui le contient."
        )
    loyer = fiche.loyer_centimes if commande.loyer_centimes is None else commande.loyer_centimes
    return LogementLibere(
        bailleur=commande.bailleur,
        siren=commande.siren,
        occurrence=commande.occurrence,
        departement=territoire.commune(fiche.commune).departement,
        origine=commande.origine,
        preavis_le=commande.preavis_le,
        libere_le=commande.libere_le,
        disponible_le=commande.disponible_le,
        logement=Caracteristiques(
            rpls=fiche.rpls,
            commune=fiche.commune,
            quartier=commande.quartier,
            typologie=fiche.typologie,
            financement=fiche.financement,
            qpv=fiche.qpv,
            surface_m2=fiche.surface_m2,
            loyer_centimes=loyer or 0,
            charges_centimes=commande.charges_centimes,
        ),
    )


def _qualification(commande: LibererLogement, logement: Logement) -> LogementEcarte | LogementSoustrait | None:
    motif = commande.hors_flux or logement.hors_flux
    if motif is not None:
        return LogementEcarte(str(motif), commande.le)
    if commande.soustraction is not None:
        return LogementSoustrait(commande.soustraction, commande.operation, commande.le, commande.bailleur)
    return None
