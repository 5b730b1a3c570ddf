"""Register a demande on its reception (R441-2-3)."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.chassis.vault.blind_index import BlindIndex
from services.demande.adapters.numerotation import prochains_numeros
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.demande import enregistrer
from services.demande.domain.erreurs import NumeroDejaAttribue
from services.demande.domain.numero import attribuer
from services.demande.flots import DEMANDE, NUMERO
from services.demande.use_cases.empreintes import empreinte_du_numero, identite

_TRIES = 20
"""An issued number may already have come with an import: the next one is taken, a few times at the most."""


@dataclass(frozen=True, slots=True)
class Depose:
    """What a deposit gives: the demande's version, its number, the day its attestation is due."""

    version: int
    numero: str
    attestation_avant: date


async def deposer_demande(demande_id: UUID, commande: DeposerDemande, index: BlindIndex, work: UnitOfWork) -> Depose:
    """Register the demande and take its number, in one transaction: the one it came with, or a fresh one.

    Raises NumeroDejaAttribue, TransitionInterdite.
    """
    demande = await work.load(DEMANDE, demande_id)
    numerotee = commande if commande.numero else await _numeroter(commande, index, work)
    empreinte = empreinte_du_numero(index, numerotee.numero or "")
    numero = await work.load(NUMERO, empreinte)
    evenements = enregistrer(demande.state, numerotee, empreinte)
    prise = attribuer(numero.state, str(demande_id), identite(index, commande.personnes))
    await work.append_all([(demande, evenements), (numero, prise)])
    enregistree = evenements[0]
    return Depose(demande.version + len(evenements), numerotee.numero or "", enregistree.attestation_avant)


async def _numeroter(commande: DeposerDemande, index: BlindIndex, work: UnitOfWork) -> DeposerDemande:
    for _ in range(_TRIES):
        (numero,) = await prochains_numeros(
            work.connection, commande.territoire, commande.deposee_le, [commande.guichet]
        )
        if (await work.load(NUMERO, empreinte_du_numero(index, numero))).version == 0:
            return replace(commande, numero=numero, numero_emis=True)
    raise NumeroDejaAttribue(
        "Aucun numéro libre n'a été trouvé pour ce territoire et ce mois : vérifiez les numéros importés, puis réessayez."
    )
