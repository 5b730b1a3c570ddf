"""A quota account: the double-entry ledger of one convention, for one year, in one stratum (flux.md §3).

Two books face each other: the holder's rights and the landlord's dwellings. A transfer moves whole dwellings from the first
to the second: pending when the dwelling is oriented, then posted, void or expired, once. A posted one is corrected by a
counter-entry, never edited. Each line says when it takes effect (`le`) and when it was known (its recording): two times.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import singledispatch
from typing import Any

from services.flux.domain.imputation import Unite


class Phase(StrEnum):
    """Where a transfer stands."""

    EN_ATTENTE = "EN_ATTENTE"
    COMPTABILISE = "COMPTABILISE"
    ANNULE = "ANNULE"
    EXPIRE = "EXPIRE"
    CONTRE_PASSE = "CONTRE_PASSE"


@dataclass(frozen=True, slots=True)
class CompteOuvert:
    """The account exists. convention: or what stands for one, for the landlord's own share; strate: key of the perimeter."""

    convention: str
    bailleur: str
    titulaire: str
    organisation: str
    exercice: int
    strate: str


@dataclass(frozen=True, slots=True)
class TransfertEngage:
    """A right is pending: the dwelling is oriented to the holder. echeance: last day to name candidates."""

    transfert: str
    liberation: str
    nombre: int
    le: date
    echeance: date


@dataclass(frozen=True, slots=True)
class TransfertComptabilise:
    """The pending right is charged, once. The rest says what is published of it."""

    transfert: str
    liberation: str
    nombre: int
    unite: Unite
    le: date
    convention: str
    bailleur: str
    titulaire: str
    organisation: str
    exercice: int


@dataclass(frozen=True, slots=True)
class TransfertAnnule:
    """The pending right is given back: the dwelling was returned uncharged."""

    transfert: str
    motif: str
    le: date


@dataclass(frozen=True, slots=True)
class TransfertExpire:
    """The pending right lapsed: its deadline passed, uncharged."""

    transfert: str
    le: date


@dataclass(frozen=True, slots=True)
class TransfertContrePasse:
    """A charged right is given back by a counter-entry."""

    transfert: str
    liberation: str
    nombre: int
    unite: Unite
    motif: str
    le: date
    convention: str
    bailleur: str
    titulaire: str
    organisation: str
    exercice: int


@dataclass(frozen=True, slots=True)
class Solde:
    """One book: pending and posted debits and credits, in dwellings."""

    debits_en_attente: int = 0
    credits_en_attente: int = 0
    debits: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class Transfert:
    """One right in the account."""

    liberation: str
    nombre: int
    phase: Phase
    unite: Unite | None = None


@dataclass(frozen=True, slots=True)
class Compte:
    """Where an account stands. droits: the holder's book, debited; logements: the landlord's, credited."""

    ouverture: CompteOuvert | None = None
    droits: Solde = Solde()
    logements: Solde = Solde()
    transferts: Mapping[str, Transfert] = field(default_factory=dict)

    @property
    def engages(self) -> int:
        """Rights pending."""
        return self.droits.debits_en_attente

    @property
    def imputes(self) -> int:
        """Rights charged, counter-entries deducted."""
        return self.droits.debits - self.droits.credits

    @property
    def est_equilibre(self) -> bool:
        """Whether debits equal credits over the two books, pending and posted."""
        d, c = self.droits, self.logements
        return (
            d.debits_en_attente + c.debits_en_attente == d.credits_en_attente + c.credits_en_attente
            and d.debits + c.debits == d.credits + c.credits
        )

    def transfert(self, identifiant: str) -> Transfert | None:
        """A right by its identifier."""
        return self.transferts.get(identifiant)


def ouvrir(compte: Compte, ouverture: CompteOuvert) -> list[CompteOuvert]:
    """Open the account. Nothing when it is open."""
    return [] if compte.ouverture is not None else [ouverture]


def engager(compte: Compte, transfert: str, liberation: str, le: date, echeance: date) -> list[TransfertEngage]:
    """Put one right pending. Nothing when that transfer is known, whatever became of it."""
    if compte.transfert(transfert) is not None:
        return []
    return [TransfertEngage(transfert, liberation, 1, le, echeance)]


def comptabiliser(compte: Compte, transfert: str, unite: Unite, le: date) -> list[TransfertComptabilise]:
    """Charge a pending right, once: nothing when it is charged already, or no longer pending."""
    un, ouverture = compte.transfert(transfert), compte.ouverture
    if un is None or ouverture is None or un.phase is not Phase.EN_ATTENTE:
        return []
    return [
        TransfertComptabilise(
            transfert, un.liberation, un.nombre, unite, le, ouverture.convention, ouverture.bailleur,
            ouverture.titulaire, ouverture.organisation, ouverture.exercice,
        )
    ]  # fmt: skip


def liberer_le_droit(
    compte: Compte, transfert: str, motif: str, le: date, *, expire: bool
) -> list[TransfertAnnule | TransfertExpire | TransfertContrePasse]:
    """Give a right back: void or expired when pending, by a counter-entry when charged, nothing when it is back already."""
    un, ouverture = compte.transfert(transfert), compte.ouverture
    if un is None or ouverture is None:
        return []
    if un.phase is Phase.EN_ATTENTE:
        return [TransfertExpire(transfert, le) if expire else TransfertAnnule(transfert, motif, le)]
    if un.phase is not Phase.COMPTABILISE or un.unite is None:
        return []
    return [
        TransfertContrePasse(
            transfert, un.liberation, un.nombre, un.unite, motif, le, ouverture.convention, ouverture.bailleur,
            ouverture.titulaire, ouverture.organisation, ouverture.exercice,
        )
    ]  # fmt: skip


@singledispatch
def evolve(evenement: Any, compte: Compte) -> Compte:
    """The account after one event."""
    del evenement
    return compte


@evolve.register
def _(evenement: CompteOuvert, compte: Compte) -> Compte:
    return replace(compte, ouverture=evenement)


@evolve.register
def _(evenement: TransfertEngage, compte: Compte) -> Compte:
    un = Transfert(evenement.liberation, evenement.nombre, Phase.EN_ATTENTE)
    suivi = replace(compte, transferts={**compte.transferts, evenement.transfert: un})
    return _attente(suivi, evenement.nombre)


@evolve.register
def _(evenement: TransfertComptabilise, compte: Compte) -> Compte:
    suivi = _attente(_passe(compte, evenement.transfert, Phase.COMPTABILISE, evenement.unite), -evenement.nombre)
    return replace(
        suivi,
        droits=replace(suivi.droits, debits=suivi.droits.debits + evenement.nombre),
        logements=replace(suivi.logements, credits=suivi.logements.credits + evenement.nombre),
    )


@evolve.register
def _(evenement: TransfertAnnule, compte: Compte) -> Compte:
    return _solder_l_attente(compte, evenement.transfert, Phase.ANNULE)


@evolve.register
def _(evenement: TransfertExpire, compte: Compte) -> Compte:
    return _solder_l_attente(compte, evenement.transfert, Phase.EXPIRE)


@evolve.register
def _(evenement: TransfertContrePasse, compte: Compte) -> Compte:
    suivi = _passe(compte, evenement.transfert, Phase.CONTRE_PASSE, evenement.unite)
    return replace(
        suivi,
        droits=replace(suivi.droits, credits=suivi.droits.credits + evenement.nombre),
        logements=replace(suivi.logements, debits=suivi.logements.debits + evenement.nombre),
    )


def _solder_l_attente(compte: Compte, transfert: str, phase: Phase) -> Compte:
    nombre = compte.transferts[transfert].nombre
    return _attente(_passe(compte, transfert, phase, None), -nombre)


def _attente(compte: Compte, nombre: int) -> Compte:
    droits, logements = compte.droits, compte.logements
    return replace(
        compte,
        droits=replace(droits, debits_en_attente=droits.debits_en_attente + nombre),
        logements=replace(logements, credits_en_attente=logements.credits_en_attente + nombre),
    )


def _passe(compte: Compte, transfert: str, phase: Phase, unite: Unite | None) -> Compte:
    suivi = replace(compte.transferts[transfert], phase=phase, unite=unite)
    return replace(compte, transferts={**compte.transferts, transfert: suivi})
