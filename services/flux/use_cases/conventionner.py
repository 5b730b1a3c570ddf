"""Prepare, sign and end conventions."""

from datetime import date
from uuid import UUID

from services.chassis.directory import Region
from services.chassis.events.unit_of_work import UnitOfWork
from services.flux.domain.convention import Convention, Statut, Termes, avenanter, preparer, resilier, signer
from services.flux.domain.erreurs import ConventionInconnue
from services.flux.domain.signature import Entourage, controler_signature
from services.flux.flots import CONVENTION
from services.flux.projections.convention_v1 import conventions_signees

_ETAT = ("ETAT_PRIORITAIRES", "ETAT_AGENTS")


async def preparer_convention(convention: UUID, termes: Termes, work: UnitOfWork) -> int:
    """Write the draft; returns the convention's version. Raises ConventionRefusee."""
    stream = await work.load(CONVENTION, convention)
    return await work.append(stream, preparer(stream.state, termes))


async def signer_convention(
    convention: UUID, version: int, le: date, region: Region, work: UnitOfWork
) -> tuple[int, tuple[str, ...]]:
    """Sign the draft; returns the version and what is to be verified. Raises ConventionInconnue, ConventionRefusee,
    PlafondDepasse, StaleVersion."""
    stream = await work.load(CONVENTION, convention)
    termes = _connue(stream.state)
    stream.expect_version(version)
    a_verifier: tuple[str, ...] = ()
    if stream.state.statut is Statut.BROUILLON:
        a_verifier = await _controler(convention, termes, le, region, work)
    reached = await work.append(stream, signer(stream.state, le, a_verifier))
    return reached, a_verifier or stream.state.a_verifier


async def avenanter_convention(
    convention: UUID, version: int, termes: Termes, le: date, region: Region, work: UnitOfWork
) -> int:
    """Replace the terms of a signed convention; returns its version. Raises as `signer_convention`."""
    stream = await work.load(CONVENTION, convention)
    _connue(stream.state)
    stream.expect_version(version)
    evenements = avenanter(stream.state, termes, le)
    if evenements:
        await _controler(convention, termes, le, region, work)
    return await work.append(stream, evenements)


async def resilier_convention(convention: UUID, version: int, le: date, motif: str, work: UnitOfWork) -> int:
    """End a signed convention; returns its version. Raises ConventionInconnue, ConventionRefusee, StaleVersion."""
    stream = await work.load(CONVENTION, convention)
    _connue(stream.state)
    stream.expect_version(version)
    return await work.append(stream, resilier(stream.state, le, motif))


async def _controler(convention: UUID, termes: Termes, le: date, region: Region, work: UnitOfWork) -> tuple[str, ...]:
    signees = await conventions_signees(work.connection, termes.bailleur, termes.departement)
    autres = [une for une in signees if une.id != str(convention)]
    signataires = {une.termes.reservataire for une in autres if une.est_en_vigueur(termes.effet)}
    attendus = {
        titulaire.id
        for titulaire in region.reservataires.values()
        if titulaire.type in _ETAT and termes.departement in titulaire.emprise.departements
    }
    emprise = region.reservataires[termes.reservataire].emprise
    entourage = Entourage(autres, emprise.couvre, attendus - signataires - {termes.reservataire})
    return controler_signature(termes, le, entourage)


def _connue(convention: Convention) -> Termes:
    if convention.termes is None:
        raise ConventionInconnue(
            "Aucune convention ne porte cet identifiant. Vérifiez-le dans la liste des conventions."
        )
    return convention.termes
