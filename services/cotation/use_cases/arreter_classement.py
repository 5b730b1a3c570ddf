"""Rank the demandes given for a dwelling, and keep what was shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from contracts import territoire
from contracts.situation.lecture import Situation
from services.chassis.events.unit_of_work import UnitOfWork
from services.chassis.fabric import Fabric
from services.cotation.adapters.registre import lire_les_situations
from services.cotation.domain.classement import Logement, Raison, classer, empreinte
from services.cotation.domain.journal import ClassementArrete, Ecartee
from services.cotation.flots import CLASSEMENT
from services.cotation.grilles import GrilleDeService, Grilles
from services.cotation.projections.situation_v1 import garder_situations, situations_connues, sujet_de

_PURPOSE = "classement des candidats d'un logement"


@dataclass(frozen=True, slots=True)
class ClasserDemandes:
    """Rank demandes for a dwelling, on a day: today from the register, an earlier day from what was known then."""

    mise_a_disposition: UUID
    logement: Logement
    demandes: Sequence[UUID]
    au: date
    organisation: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """A ranking ready to be kept, and the situations that it rests on."""

    classement: ClassementArrete
    situations: Sequence[Situation]


async def grille_du_logement(fabric: Fabric, grilles: Grilles, commune: str, au: date) -> GrilleDeService | None:
    """The grid in force where the dwelling is; None when there is none."""
    async with fabric.database.autocommit.connect() as connection:
        await grilles.refresh(connection)
    epci = territoire.epci_de(commune) if territoire.existe(commune) else None
    return grilles.en_vigueur(au).get(epci.siren) if epci else None


async def preparer_classement(fabric: Fabric, grille: GrilleDeService, commande: ClasserDemandes) -> Prepare:
    """Read the situations and rank them, before any transaction. Raises Unavailable."""
    demandes = [str(demande) for demande in commande.demandes]
    if commande.au == fabric.today():
        commune = commande.logement.commune
        lues = await lire_les_situations(fabric, dict.fromkeys(demandes, 1), _PURPOSE, commande.au, commune)
        situations, effacees = lues.situations, set(lues.effacees)
    else:
        async with fabric.database.autocommit.connect() as connection:
            situations, effacees = await situations_connues(connection, fabric.keys, commande.demandes, commande.au)
    lignes, ecartees = await asyncio.to_thread(classer, situations, commande.logement, grille, commande.au)
    connues = {situation.demande_id for situation in situations}
    ecartees += [
        Ecartee(demande, Raison.EFFACEE if demande in effacees else Raison.INCONNUE)
        for demande in demandes
        if demande not in connues
    ]
    return Prepare(
        ClassementArrete(
            mise_a_disposition=str(commande.mise_a_disposition),
            organisation=commande.organisation,
            commune=commande.logement.commune,
            quartier=commande.logement.quartier,
            typologie=commande.logement.typologie,
            grille=grille.grille.id,
            version=grille.version,
            au=commande.au,
            lignes=lignes,
            ecartees=tuple(sorted(ecartees, key=lambda une: une.demande)),
            empreinte=empreinte(lignes),
        ),
        situations,
    )


async def arreter_classement(
    classement: UUID, prepare: Prepare, fabric: Fabric, work: UnitOfWork
) -> tuple[UUID, ClassementArrete]:
    """Keep the ranking, and the facts behind it: what is not wished is not among the facts that a score may rest on."""
    (stream,) = await work.ends(CLASSEMENT, [classement])
    situations = [
        msgspec.structs.replace(une, lieux={nom: lieu for nom, lieu in une.lieux.items() if not lieu.elargie})
        for une in prepare.situations
    ]
    keys = await fabric.keys.obtain(sujet_de(une.demande_id) for une in situations)
    await garder_situations(work.connection, keys, situations, prepare.classement.au, work.context.at)
    await work.append(stream, [prepare.classement])
    return classement, prepare.classement
