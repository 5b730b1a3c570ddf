"""A dwelling comes back: its right is given back or charged, its turn too, and the landlord's turn follows if it was."""

from datetime import date
from uuid import UUID

from services.chassis.directory import Region
from services.chassis.events.unit_of_work import UnitOfWork
from services.flux.domain import compte as comptes
from services.flux.domain import liberation as liberations
from services.flux.domain import sequence as sequences
from services.flux.domain.erreurs import MiseADispositionInconnue
from services.flux.domain.evenements import LogementRendu, MotifRetour, Suite
from services.flux.domain.identifiants import id_mise_a_disposition
from services.flux.domain.liberation import Liberation, MiseADisposition
from services.flux.flots import COMPTE, LIBERATION
from services.flux.use_cases.carnet import Carnet, Page
from services.flux.use_cases.orienter import droit_propre, mise_a_disposition


async def rendre_mise(mise: UUID, motif: MotifRetour, le: date, region: Region, work: UnitOfWork) -> LogementRendu:
    """Give a dwelling back. Raises MiseADispositionInconnue, RetourImpossible."""
    carnet = Carnet(work)
    liberation = await carnet.liberation_de(str(mise))
    if liberation is None:
        raise MiseADispositionInconnue("Aucune mise à disposition ne porte cet identifiant.")
    page = await carnet.ouvrir(LIBERATION, liberation)
    rendu = await noter_le_retour(page, str(mise), motif, le, region, carnet)
    await carnet.ecrire()
    return rendu


async def noter_le_retour(
    page: Page[Liberation], mise: str, motif: MotifRetour, le: date, region: Region, carnet: Carnet
) -> LogementRendu:
    """The return with all that follows from it. Raises RetourImpossible."""
    avant = page.etat.courante
    (rendu,) = liberations.rendre(page.etat, mise, motif, le)
    assert avant is not None
    page.noter([rendu])
    if avant.compte is not None:
        compte = await carnet.ouvrir(COMPTE, avant.compte)
        if rendu.impute:
            compte.noter(comptes.comptabiliser(compte.etat, mise, avant.politique.unite, le))
        else:
            expire = motif is MotifRetour.DELAI_DEPASSE
            compte.noter(comptes.liberer_le_droit(compte.etat, mise, motif.value, le, expire=expire))
    if avant.sequence is not None:
        sequence = await carnet.sequence(avant.sequence)
        sequence.noter(sequences.rendre(sequence.etat, mise, le, compte=rendu.impute))
    if rendu.suite is Suite.TOUR_BAILLEUR:
        _donner_le_tour(page, le, region)
    return rendu


async def imputer_selon_la_convention(page: Page[Liberation], mise: MiseADisposition, le: date, carnet: Carnet) -> None:
    """Charge the right when what happened is what the convention counts, once; the turn is final once the lease is signed.

    Until then the turn may still be undone: a return that is not charged gives it back.
    """
    faits = page.etat.faits
    assert faits is not None
    if mise.compte is not None and mise.est_imputee(neuf=faits.neuf):
        compte = await carnet.ouvrir(COMPTE, mise.compte)
        compte.noter(comptes.comptabiliser(compte.etat, mise.transfert, mise.politique.unite, le))
    if mise.sequence is not None and mise.louee:
        sequence = await carnet.sequence(mise.sequence)
        sequence.noter(sequences.imputer(sequence.etat, mise.id, le))


def _donner_le_tour(page: Page[Liberation], le: date, region: Region) -> None:
    faits = page.etat.faits
    assert faits is not None
    liberation = UUID(page.stream.head.stream.removeprefix(f"{LIBERATION.category}-"))
    droit = droit_propre(region, faits.bailleur, faits.departement, le)
    suivante = str(id_mise_a_disposition(liberation, len(page.etat.mises) + 1))
    page.noter([mise_a_disposition(page.etat, droit, suivante, le, compte=None, sequence=None)])
