"""Orient a release: the holder that is owed it, the decision, its turn, its right and its deadline, in one append."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from contracts.calendrier import ajouter_mois
from services.chassis.directory import Region
from services.chassis.events.unit_of_work import UnitOfWork
from services.flux.domain import compte as comptes
from services.flux.domain import sequence as sequences
from services.flux.domain.droits import PART_PROPRE, Droit, Partage, PartPropre, partager
from services.flux.domain.erreurs import LiberationInconnue, OrientationImpossible
from services.flux.domain.evenements import LogementMisADisposition, LogementOriente, ModeOrientation
from services.flux.domain.identifiants import id_compte, id_mise_a_disposition, id_part_propre
from services.flux.domain.imputation import Unite
from services.flux.domain.liberation import Liberation, verifier_orientable
from services.flux.domain.orientation.decision import Decision
from services.flux.domain.orientation.etat import LogementAOrienter
from services.flux.domain.orientation.orienter import OrientationRefusee
from services.flux.domain.orientation.regles import ReglesInvalides, Strate
from services.flux.domain.parts import PartsInvalides
from services.flux.domain.sequence import Sequence
from services.flux.flots import COMPTE, LIBERATION
from services.flux.projections.convention_v1 import conventions_signees
from services.flux.use_cases.carnet import Carnet, Page

TYPE_PART_PROPRE = "BAILLEUR"


@dataclass(frozen=True, slots=True)
class OrienterLiberation:
    """The command. titulaire: None to follow the suggestion; motif: why another holder (never personal); version: If-Match."""

    liberation: UUID
    version: int | None
    titulaire: str | None
    motif: str | None
    le: date


@dataclass(frozen=True, slots=True)
class Proposee:
    """A decision ready to be taken: what it rests on."""

    page: Page[Liberation]
    sequence: Page[Sequence]
    identifiant: str
    partage: Partage
    decision: Decision

    @property
    def mise(self) -> str:
        return self.decision.logement.id


@dataclass(frozen=True, slots=True)
class Orientee:
    """What the landlord gets back."""

    version: int
    mise_a_disposition: str
    partage: Partage
    decision: Decision
    designer_avant: date


async def proposer(commande: OrienterLiberation, region: Region, carnet: Carnet) -> Proposee:
    """The suggestion for a release as things stand, or the choice asked for, without writing anything.

    Raises LiberationInconnue, OrientationImpossible, StaleVersion.
    """
    page = await carnet.ouvrir(LIBERATION, commande.liberation)
    if page.etat.faits is None:
        raise LiberationInconnue(
            "Aucune libération ne porte cet identifiant. Vérifiez-le dans la liste des libérations."
        )
    page.stream.expect_version(commande.version)
    verifier_orientable(page.etat)
    try:
        partage = await _partage(page.etat, commande.le, region, carnet)
        identifiant, sequence = await _sequence(page.etat, partage, commande.le, carnet)
        logement = _a_orienter(commande.liberation, page.etat, partage)
        decision = sequences.decider(sequence.etat, logement, None, None)
        if commande.titulaire not in (None, decision.suggestion):
            decision = sequences.decider(sequence.etat, logement, commande.titulaire, commande.motif)
    except (OrientationRefusee, ReglesInvalides, PartsInvalides) as refus:
        raise OrientationImpossible(str(refus)) from refus
    return Proposee(page, sequence, identifiant, partage, decision)


async def orienter_liberation(commande: OrienterLiberation, region: Region, work: UnitOfWork) -> Orientee:
    """Decide, and write the turn, the right and the offer together. Raises as `proposer`."""
    carnet = Carnet(work)
    proposee = await proposer(commande, region, carnet)
    decision, faits = proposee.decision, proposee.page.etat.faits
    assert faits is not None
    droit = proposee.partage.droit(decision.retenu)
    assert droit is not None
    proposee.sequence.noter([sequences.noter(decision, str(commande.liberation), commande.le)])
    echeance = ajouter_mois(commande.le, droit.designation_mois)
    compte = await engager_le_droit(proposee, droit, commande.le, echeance, carnet)
    suivie = decision.retenu == decision.suggestion
    oriente = LogementOriente(
        rang=len(proposee.page.etat.mises) + 1,
        titulaire=decision.retenu,
        suggestion=decision.suggestion,
        mode=ModeOrientation.SUGGEREE if suivie else ModeOrientation.MANUELLE,
        motif=None if suivie else commande.motif,
        le=commande.le,
        bailleur=faits.bailleur,
        organisation=droit.organisation,
    )
    offerte = mise_a_disposition(
        proposee.page.etat, droit, proposee.mise, commande.le, compte=compte, sequence=proposee.identifiant
    )
    proposee.page.noter([oriente, offerte])
    await carnet.ecrire()
    version = proposee.page.stream.version + 2
    return Orientee(version, proposee.mise, proposee.partage, decision, echeance)


async def engager_le_droit(proposee: Proposee, droit: Droit, le: date, echeance: date, carnet: Carnet) -> str | None:
    """Put the right pending, and charge it at once when the convention counts offers; None when nothing is charged."""
    faits = proposee.page.etat.faits
    assert faits is not None
    if faits.neuf and not droit.politique.neuf_compte:
        return None
    strate = proposee.partage.perimetre
    identifiant = str(id_compte(droit.convention, le.year, strate))
    page = await carnet.ouvrir(COMPTE, identifiant)
    ouverture = comptes.CompteOuvert(
        droit.convention, faits.bailleur, droit.titulaire, droit.organisation, le.year, strate
    )
    page.noter(comptes.ouvrir(page.etat, ouverture))
    liberation = proposee.page.stream.head.stream.removeprefix(f"{LIBERATION.category}-")
    page.noter(comptes.engager(page.etat, proposee.mise, liberation, le, echeance))
    if droit.politique.unite is Unite.MISE_A_DISPOSITION:
        page.noter(comptes.comptabiliser(page.etat, proposee.mise, droit.politique.unite, le))
    return identifiant


def mise_a_disposition(
    liberation: Liberation, droit: Droit, identifiant: str, le: date, *, compte: str | None, sequence: str | None
) -> LogementMisADisposition:
    """The offer of a dwelling to a holder, with its deadline (L31)."""
    faits = liberation.faits
    assert faits is not None
    return LogementMisADisposition(
        mise_a_disposition=identifiant,
        rang=len(liberation.mises) + 1,
        bailleur=faits.bailleur,
        titulaire=droit.titulaire,
        organisation=droit.organisation,
        designataire=droit.designataire,
        convention=droit.convention,
        politique=droit.politique,
        compte=compte,
        sequence=sequence,
        le=le,
        disponible_le=faits.disponible_le,
        designer_avant=ajouter_mois(le, droit.designation_mois),
        designation_mois=droit.designation_mois,
        propre=droit.propre,
        logement=faits.logement,
    )


def part_propre_de(region: Region, bailleur: str, departement: str) -> PartPropre:
    """The holder that stands for what a landlord keeps. Raises OrientationImpossible when the region names none."""
    for titulaire in region.reservataires.values():
        if titulaire.type == TYPE_PART_PROPRE and titulaire.organisation == bailleur:
            return PartPropre(titulaire.id, bailleur, str(id_part_propre(bailleur, departement)))
    raise OrientationImpossible(
        "La région ne nomme pas la part propre de ce bailleur : faites-la ajouter au fichier de la région."
    )


def droit_propre(region: Region, bailleur: str, departement: str, le: date) -> Droit:
    """The landlord's own right, for its turn after a charged return: nothing is counted, hence a share of zero."""
    propre = part_propre_de(region, bailleur, departement)
    mois = region.parametre("designation_mois", le)
    return Droit(propre.titulaire, bailleur, propre.convention, Fraction(0), PART_PROPRE, bailleur, mois, propre=True)


async def _partage(liberation: Liberation, le: date, region: Region, carnet: Carnet) -> Partage:
    faits = liberation.faits
    assert faits is not None
    conventions = await conventions_signees(carnet.work.connection, faits.bailleur, faits.departement)
    return partager(
        conventions,
        part_propre_de(region, faits.bailleur, faits.departement),
        commune=faits.logement.commune,
        qpv=faits.logement.qpv,
        neuf=faits.neuf,
        le=le,
        designation_mois=region.parametre("designation_mois", le),
    )


async def _sequence(liberation: Liberation, partage: Partage, le: date, carnet: Carnet) -> tuple[str, Page[Sequence]]:
    """The sequence of the year, opened or brought to the shares in force if need be."""
    faits = liberation.faits
    assert faits is not None
    identifiant = sequences.identifiant(faits.bailleur, partage.perimetre, le.year)
    page = await carnet.sequence(identifiant)
    if page.etat.etat is None:
        avant = await carnet.sequence(sequences.identifiant(faits.bailleur, partage.perimetre, le.year - 1))
        page.noter([sequences.ouvrir(faits.bailleur, partage.perimetre, le.year, partage.parts, avant.etat)])
    else:
        page.noter(sequences.suivre_les_parts(page.etat, partage.parts, le))
    return identifiant, page


def _a_orienter(liberation: UUID, etat: Liberation, partage: Partage) -> LogementAOrienter:
    """The dwelling as the sequence sees it: closed to the holders that gave it back, if somebody else is left."""
    logement = etat.logement
    mise = id_mise_a_disposition(liberation, len(etat.mises) + 1)
    rendeurs = etat.rendeurs & set(partage.parts)
    avec_part = {nom for nom, part in partage.parts.items() if part}
    return LogementAOrienter(
        str(mise),
        partage.perimetre,
        (Strate("typologie", logement.typologie), Strate("qpv", "qpv" if logement.qpv else "hors-qpv")),
        rendeurs if avec_part - rendeurs else frozenset(),
    )
