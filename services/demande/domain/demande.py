"""The demande: its legal life (demande.md §3.2), what it decides, how it folds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import singledispatch
from typing import Any

from services.demande.domain.commandes import DeposerDemande, ModifierDossier, RadierDemande
from services.demande.domain.delais import attestation_au_plus_tard, fin_validite
from services.demande.domain.dossier import Dossier, Personne, Recherche
from services.demande.domain.erreurs import TransitionInterdite
from services.demande.domain.evenements import (
    AttestationDelivree,
    BailConclu,
    BrouillonOuvert,
    DecisionRendue,
    DemandeEchue,
    DemandeEnregistree,
    DemandeRadiee,
    DemandeRenouvelee,
    DossierModifie,
    Motivation,
    OffreAppreciee,
    PreavisEmis,
    PropositionAcceptee,
    PropositionCaduque,
    PropositionFaite,
    PropositionRefusee,
)


class Statut(StrEnum):
    """Legal existence: codelist statut_demande."""

    ABSENTE = "ABSENTE"
    BROUILLON = "BROUILLON"
    ACTIVE = "ACTIVE"
    PREAVIS = "PREAVIS"
    ECHUE = "ECHUE"
    RADIEE = "RADIEE"
    EFFACEE = "EFFACEE"


@dataclass(frozen=True, slots=True)
class Refus:
    """A refused offer. adaptee: None until a person has judged it."""

    proposition: str
    le: date
    adaptee: bool | None = None


@dataclass(frozen=True, slots=True)
class Offre:
    """An offer of a dwelling. proposition: its identifier."""

    proposition: str
    mise_a_disposition: str
    le: date


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the commission on this demande. motivation: None when favourable, or erased."""

    mise_a_disposition: str
    decision: str
    motivation: Motivation | None


@dataclass(frozen=True, slots=True)
class Declarations:
    """The day on which each part of the dossier was last declared; None: never."""

    recherche: date | None = None
    dossier: date | None = None
    personnes: date | None = None


@dataclass(frozen=True, slots=True)
class Demande:
    """Where a demande stands. The personal parts are absent when they were not unsealed, or were erased.

    situation: version of its facts, raised by every event that changes one; refus: in order.
    offres: those that are open; offre_acceptee: the one accepted, of which no lease is signed yet; bail_le: day of the
    signed lease. autres_depots: day of deposit by territory, beside `territoire`. presentee_le: day of the deposit or of the last
    renewal, from which validity runs; None when an import told its end alone. preavis_le: day of the notice of this validity.
    """

    statut: Statut = Statut.ABSENTE
    deposee_le: date | None = None
    territoire: str = ""
    guichet: str = ""
    valable_jusqu_au: date | None = None
    situation: int = 0
    recherche: Recherche | None = None
    numero: str | None = None
    dossier: Dossier | None = None
    personnes: tuple[tuple[str, Personne | None], ...] = ()
    refus: tuple[Refus, ...] = ()
    offres: tuple[Offre, ...] = ()
    offre_acceptee: Offre | None = None
    decisions: tuple[Decision, ...] = ()
    bail_le: date | None = None
    attestee: bool = False
    autres_depots: Mapping[str, date] = field(default_factory=dict)
    declarations: Declarations = Declarations()
    presentee_le: date | None = None
    preavis_le: date | None = None

    @property
    def est_active(self) -> bool:
        """Whether the demande may be examined, renewed or offered a dwelling."""
        return self.statut in (Statut.ACTIVE, Statut.PREAVIS)

    @property
    def communes(self) -> tuple[str, ...]:
        """The communes wished, which say to whose territory the demande belongs."""
        return tuple(lieu.commune for lieu in self.recherche.lieux) if self.recherche else ()


def enregistrer(demande: Demande, commande: DeposerDemande, empreinte: str) -> list[DemandeEnregistree]:
    """Register a complete demande on its reception (D05, D07, D08). empreinte: blind index of its number.

    Raises TransitionInterdite when the identifier is already that of a demande.
    """
    if demande.statut is not Statut.ABSENTE:
        raise TransitionInterdite(f"Une demande {demande.statut} ne peut pas être enregistrée de nouveau.")
    return [
        DemandeEnregistree(
            situation=demande.situation + 1,
            deposee_le=commande.deposee_le,
            guichet=commande.guichet,
            canal=commande.canal,
            territoire=commande.territoire,
            emis=commande.numero_emis,
            empreinte=empreinte,
            attestation_avant=attestation_au_plus_tard(commande.recue_le),
            valable_jusqu_au=commande.valable_jusqu_au or fin_validite(commande.deposee_le),
            recherche=commande.recherche,
            numero=commande.numero,
            dossier=commande.dossier,
            personnes=dict(commande.personnes),
            autres_depots={autre.territoire: autre.deposee_le for autre in commande.autres_numeros},
            autres_numeros=commande.autres_numeros or None,
            nir=dict(commande.nir),
        )
    ]


def ouvrir_brouillon(
    demande: Demande,
    *,
    le: date,
    canal: str,
    manques: tuple[str, ...],
    recherche: Recherche | None,
    dossier: Dossier,
    personnes: Mapping[str, Personne],
) -> list[BrouillonOuvert]:
    """Keep aside what lacks mandatory parts (D05: nothing else may delay a registration). Nothing when it is already kept."""
    if demande.statut is not Statut.ABSENTE:
        return []
    return [BrouillonOuvert(le, canal, manques, recherche, dossier, dict(personnes))]


def modifier(demande: Demande, commande: ModifierDossier) -> list[DossierModifie]:
    """Change declared facts of a living demande (D19: the number and the first date stay). Raises TransitionInterdite."""
    if not demande.est_active:
        raise TransitionInterdite(
            f"Une demande {demande.statut} ne peut pas être modifiée. Réactivez-la d'abord, ou déposez-en une nouvelle."
        )
    return [
        DossierModifie(
            situation=demande.situation + 1,
            le=commande.le,
            source=commande.source,
            recherche=commande.recherche,
            dossier=commande.dossier,
            personnes=dict(commande.personnes),
        )
    ]


def attester(demande: Demande, *, le: date, message: str) -> list[AttestationDelivree]:
    """Keep the proof that the attestation left (L441-2-1). Nothing when one is already kept, or there is nothing to attest."""
    if demande.attestee or demande.statut in (Statut.ABSENTE, Statut.BROUILLON, Statut.EFFACEE):
        return []
    return [AttestationDelivree(le=le, message=message)]


def radier(demande: Demande, commande: RadierDemande) -> list[DemandeRadiee]:
    """Strike off (R441-2-8). Nothing when it already is. Raises TransitionInterdite."""
    if demande.statut is Statut.RADIEE:
        return []
    if not demande.est_active and demande.statut is not Statut.ECHUE:
        raise TransitionInterdite(f"Une demande {demande.statut} ne peut pas être radiée.")
    return [DemandeRadiee(motif=commande.motif, le=commande.le)]


@singledispatch
def evolve(evenement: Any, demande: Demande) -> Demande:
    """The demande after one event; an event that says nothing of the state leaves it."""
    del evenement
    return demande


@evolve.register
def _(evenement: BrouillonOuvert, demande: Demande) -> Demande:
    return replace(
        demande,
        statut=Statut.BROUILLON,
        recherche=evenement.recherche,
        dossier=evenement.dossier,
        personnes=tuple(evenement.personnes.items()),
    )


@evolve.register
def _(evenement: DemandeEnregistree, demande: Demande) -> Demande:
    de_droit = evenement.valable_jusqu_au == fin_validite(evenement.deposee_le)
    return replace(
        demande,
        statut=Statut.ACTIVE,
        presentee_le=evenement.deposee_le if de_droit else None,
        deposee_le=evenement.deposee_le,
        territoire=evenement.territoire,
        guichet=evenement.guichet,
        valable_jusqu_au=evenement.valable_jusqu_au,
        situation=evenement.situation,
        recherche=evenement.recherche,
        numero=evenement.numero,
        dossier=evenement.dossier,
        personnes=tuple(evenement.personnes.items()),
        autres_depots=evenement.autres_depots,
        declarations=Declarations(evenement.deposee_le, evenement.deposee_le, evenement.deposee_le),
    )


@evolve.register
def _(evenement: DossierModifie, demande: Demande) -> Demande:
    return _declarer(demande, evenement)


@evolve.register
def _(evenement: DemandeRenouvelee, demande: Demande) -> Demande:
    return replace(
        _declarer(demande, evenement),
        statut=Statut.ACTIVE,
        valable_jusqu_au=evenement.valable_jusqu_au,
        presentee_le=evenement.le,
        preavis_le=None,
        attestee=False,
    )


@evolve.register
def _(evenement: PreavisEmis, demande: Demande) -> Demande:
    return replace(demande, statut=Statut.PREAVIS, preavis_le=evenement.le)


@evolve.register
def _(_evenement: DemandeEchue, demande: Demande) -> Demande:
    return replace(demande, statut=Statut.ECHUE)


def _declarer(demande: Demande, evenement: DossierModifie | DemandeRenouvelee) -> Demande:
    depuis = demande.declarations
    return replace(
        demande,
        situation=evenement.situation,
        recherche=evenement.recherche or demande.recherche,
        dossier=evenement.dossier or demande.dossier,
        personnes=tuple((dict(demande.personnes) | evenement.personnes).items()),
        declarations=Declarations(
            recherche=evenement.le if evenement.recherche else depuis.recherche,
            dossier=evenement.le if evenement.dossier else depuis.dossier,
            personnes=evenement.le if evenement.personnes else depuis.personnes,
        ),
    )


@evolve.register
def _(_evenement: AttestationDelivree, demande: Demande) -> Demande:
    return replace(demande, attestee=True)


@evolve.register
def _(_evenement: DemandeRadiee, demande: Demande) -> Demande:
    return replace(demande, statut=Statut.RADIEE, offres=(), offre_acceptee=None)


@evolve.register
def _(evenement: PropositionFaite, demande: Demande) -> Demande:
    offre = Offre(evenement.proposition, evenement.mise_a_disposition, evenement.le)
    return replace(demande, offres=(*demande.offres, offre))


@evolve.register
def _(evenement: PropositionAcceptee, demande: Demande) -> Demande:
    acceptee = next((une for une in demande.offres if une.proposition == evenement.proposition), None)
    return replace(_sans_offre(demande, evenement.proposition), offre_acceptee=acceptee)


@evolve.register
def _(evenement: PropositionRefusee, demande: Demande) -> Demande:
    return replace(
        _sans_offre(demande, evenement.proposition),
        situation=evenement.situation,
        refus=(*demande.refus, Refus(evenement.proposition, evenement.le)),
    )


@evolve.register
def _(evenement: PropositionCaduque, demande: Demande) -> Demande:
    return _sans_offre(demande, evenement.proposition)


@evolve.register
def _(evenement: OffreAppreciee, demande: Demande) -> Demande:
    refus = tuple(
        replace(refus, adaptee=evenement.adaptee) if refus.proposition == evenement.proposition else refus
        for refus in demande.refus
    )
    return replace(demande, situation=evenement.situation, refus=refus)


@evolve.register
def _(evenement: DecisionRendue, demande: Demande) -> Demande:
    decision = Decision(evenement.mise_a_disposition, evenement.decision, evenement.motivation)
    return replace(demande, decisions=(*demande.decisions, decision))


@evolve.register
def _(evenement: BailConclu, demande: Demande) -> Demande:
    return replace(demande, bail_le=evenement.signe_le)


def _sans_offre(demande: Demande, proposition: str) -> Demande:
    acceptee = demande.offre_acceptee
    return replace(
        demande,
        offres=tuple(une for une in demande.offres if une.proposition != proposition),
        offre_acceptee=None if acceptee and acceptee.proposition == proposition else acceptee,
    )
