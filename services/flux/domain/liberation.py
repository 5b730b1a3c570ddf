"""A release: from the keys given back to the lease (flux.md §7). What it decides, how it folds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import singledispatch
from typing import Any

from services.flux.domain.erreurs import (
    LiberationContradictoire,
    OrientationImpossible,
    QualificationImpossible,
    RetourImpossible,
)
from services.flux.domain.evenements import (
    BailSigne,
    CandidatDesigne,
    CandidatRefuse,
    Caracteristiques,
    CommissionTenue,
    LogementEcarte,
    LogementLibere,
    LogementMisADisposition,
    LogementOriente,
    LogementReintegre,
    LogementRendu,
    LogementSoustrait,
    MotifRetour,
    Suite,
)
from services.flux.domain.imputation import Parcours, Politique, titulaire_impute


class Statut(StrEnum):
    """Where a release stands."""

    ABSENTE = "ABSENTE"
    A_ORIENTER = "A_ORIENTER"
    HORS_FLUX = "HORS_FLUX"
    SOUSTRAITE = "SOUSTRAITE"
    MISE_A_DISPOSITION = "MISE_A_DISPOSITION"
    ATTRIBUEE = "ATTRIBUEE"
    LOUEE = "LOUEE"


@dataclass(frozen=True, slots=True)
class MiseADisposition:
    """One offer of the dwelling to a holder.

    compte, sequence: where its right and its turn are counted, None when they are not (the landlord's turn after a charged
    return). candidats, attribues, refus: demandes, in order. ouverte: not given back, not let.
    """

    id: str
    rang: int
    titulaire: str
    organisation: str
    convention: str
    politique: Politique
    compte: str | None
    sequence: str | None
    le: date
    designer_avant: date
    designation_mois: int
    propre: bool
    candidats: tuple[str, ...] = ()
    attribues: tuple[str, ...] = ()
    refus: tuple[str, ...] = ()
    rendue: MotifRetour | None = None
    louee: bool = False
    attendue: bool = True

    @property
    def ouverte(self) -> bool:
        return self.rendue is None and not self.louee

    @property
    def transfert(self) -> str:
        """What its right is called in the account."""
        return self.id

    def parcours(self, *, neuf: bool) -> Parcours:
        """What happened to it, as the counting units look at it (flux.md §3). A lease supposes an award (L29), even when the
        news of the lease comes first."""
        return Parcours(
            id=self.id,
            reservataire=self.titulaire,
            mis_a_disposition=True,
            attribution_prononcee=bool(self.attribues) or self.louee,
            bail_signe=self.louee,
            refus_attributaire=bool(self.refus),
            rendu_sans_candidat=self.rendue is not None and not self.attribues,
            neuf=neuf,
        )

    def est_imputee(self, *, neuf: bool) -> bool:
        """Whether the holder is charged for it as things stand."""
        return titulaire_impute(self.parcours(neuf=neuf), self.politique) is not None


@dataclass(frozen=True, slots=True)
class Liberation:
    """Where a release stands. mises: every offer, the last one open or not; motif: why it is out of the flow, or deducted."""

    statut: Statut = Statut.ABSENTE
    faits: LogementLibere | None = None
    motif: str | None = None
    mises: tuple[MiseADisposition, ...] = ()

    @property
    def courante(self) -> MiseADisposition | None:
        """The open offer."""
        return self.mises[-1] if self.mises and self.mises[-1].ouverte else None

    @property
    def rendeurs(self) -> frozenset[str]:
        """The holders that gave it back."""
        return frozenset(mise.titulaire for mise in self.mises if mise.rendue is not None)

    @property
    def logement(self) -> Caracteristiques:
        """The dwelling that is freed."""
        assert self.faits is not None
        return self.faits.logement


def liberer(liberation: Liberation, faits: LogementLibere, qualification: object | None) -> list[object]:
    """Record that a dwelling is freed, and qualify it at once (flux.md §7, 1 to 3).

    qualification: LogementEcarte or LogementSoustrait, None when the release is in the flow. Nothing when the same release
    is announced again with the same facts. Raises LiberationContradictoire with other facts.
    """
    if liberation.faits is None:
        return [faits, *([qualification] if qualification is not None else [])]
    if liberation.faits == faits:
        return []
    raise LiberationContradictoire(
        f"La libération n° {faits.occurrence} du logement {faits.logement.rpls} est déjà enregistrée avec d'autres dates ou "
        "d'autres caractéristiques. Vérifiez le numéro d'occurrence : une nouvelle libération en prend un nouveau."
    )


def soustraire(liberation: Liberation, motif: str, operation: str | None, le: date) -> list[LogementSoustrait]:
    """Deduct a release from the flow (L8). Reversible until an award. Raises QualificationImpossible."""
    if liberation.statut is Statut.SOUSTRAITE and liberation.motif == motif:
        return []
    if liberation.statut not in (Statut.A_ORIENTER, Statut.SOUSTRAITE):
        raise QualificationImpossible(
            f"Une libération {liberation.statut} ne se soustrait pas du flux : rendez d'abord la mise à disposition."
        )
    faits = liberation.faits
    assert faits is not None
    return [LogementSoustrait(motif, operation, le, faits.bailleur)]


def reintegrer(liberation: Liberation, le: date) -> list[LogementReintegre]:
    """Put a deducted release back in the flow. Raises QualificationImpossible."""
    if liberation.statut is Statut.A_ORIENTER:
        return []
    if liberation.statut is not Statut.SOUSTRAITE:
        raise QualificationImpossible(f"Une libération {liberation.statut} n'est pas soustraite du flux.")
    return [LogementReintegre(le)]


def verifier_orientable(liberation: Liberation) -> None:
    """Raises OrientationImpossible unless the release is in the flow and nobody has it."""
    if liberation.statut is Statut.A_ORIENTER:
        return
    dits: Mapping[Statut, str] = {
        Statut.HORS_FLUX: f"il est hors du flux ({liberation.motif})",
        Statut.SOUSTRAITE: f"il est soustrait du flux ({liberation.motif}) : réintégrez-le d'abord",
        Statut.MISE_A_DISPOSITION: "il est déjà mis à disposition : il doit d'abord être rendu",
        Statut.ATTRIBUEE: "il est déjà attribué",
        Statut.LOUEE: "il est déjà loué",
    }
    raise OrientationImpossible(f"Ce logement ne s'oriente pas : {dits[liberation.statut]}.")


def mise_de(liberation: Liberation, mise: str) -> MiseADisposition | None:
    """The offer of this identifier, when it is the open one; None when it is over (or was never)."""
    courante = liberation.courante
    return courante if courante is not None and courante.id == mise else None


def designer(liberation: Liberation, mise: str, demande: str, rang: int, le: date) -> list[CandidatDesigne]:
    """A candidate was named. Nothing when the offer is over or the candidate known."""
    ouverte = mise_de(liberation, mise)
    if ouverte is None or demande in ouverte.candidats:
        return []
    return [CandidatDesigne(mise, demande, rang, le)]


def tenir_commission(
    liberation: Liberation, mise: str, seance_le: date, attribues: tuple[str, ...], designer_avant: date
) -> list[CommissionTenue]:
    """The commission decided (L29). Without an award, new candidates are due by `designer_avant` (A11 7°)."""
    ouverte = mise_de(liberation, mise)
    if ouverte is None or (ouverte.attribues and not candidats_epuises(ouverte)):
        return []
    return [CommissionTenue(mise, seance_le, attribues, None if attribues else designer_avant)]


def refuser(liberation: Liberation, mise: str, demande: str, le: date) -> list[CandidatRefuse]:
    """A candidate refused the offer, or was silent. Nothing when that is known."""
    ouverte = mise_de(liberation, mise)
    if ouverte is None or demande in ouverte.refus:
        return []
    return [CandidatRefuse(mise, demande, le)]


def louer(liberation: Liberation, bail: BailSigne) -> list[BailSigne]:
    """The lease is signed. Nothing when the offer is over."""
    return [bail] if mise_de(liberation, bail.mise_a_disposition) is not None else []


def rendre(liberation: Liberation, mise: str, motif: MotifRetour, le: date) -> list[LogementRendu]:
    """The holder gives the dwelling back (flux.md §7, 6 to 8).

    A return that is charged leaves the dwelling to the landlord for one letting; one that is not lets it be oriented again.
    Raises RetourImpossible when the offer is over, is the landlord's own, or a candidate still holds an award.
    """
    ouverte = mise_de(liberation, mise)
    if ouverte is None:
        raise RetourImpossible("Cette mise à disposition est terminée : le logement est déjà rendu ou loué.")
    if ouverte.propre:
        raise RetourImpossible("Le bailleur ne se rend pas un logement qu'il tient de sa propre part.")
    if set(ouverte.attribues) - set(ouverte.refus):
        raise RetourImpossible("Un candidat tient une attribution : attendez sa réponse avant de rendre le logement.")
    if motif is MotifRetour.DELAI_DEPASSE and not (ouverte.attendue and ouverte.designer_avant < le):
        raise RetourImpossible(
            f"Le délai de désignation n'est pas dépassé : un candidat est désigné, ou peut l'être jusqu'au "
            f"{ouverte.designer_avant:%d/%m/%Y}."
        )
    faits = liberation.faits
    assert faits is not None
    impute = replace(ouverte, rendue=motif).est_imputee(neuf=faits.neuf)
    suite = Suite.TOUR_BAILLEUR if impute else Suite.REORIENTATION
    return [LogementRendu(mise, motif, suite, le, impute, faits.bailleur, ouverte.titulaire, ouverte.organisation)]


def candidats_epuises(mise: MiseADisposition) -> bool:
    """Whether every awarded candidate has refused."""
    return bool(mise.attribues) and set(mise.attribues) <= set(mise.refus)


@singledispatch
def evolve(evenement: Any, liberation: Liberation) -> Liberation:
    """The release after one event."""
    del evenement
    return liberation


@evolve.register
def _(evenement: LogementLibere, liberation: Liberation) -> Liberation:
    return replace(liberation, statut=Statut.A_ORIENTER, faits=evenement)


@evolve.register
def _(evenement: LogementEcarte, liberation: Liberation) -> Liberation:
    return replace(liberation, statut=Statut.HORS_FLUX, motif=evenement.motif)


@evolve.register
def _(evenement: LogementSoustrait, liberation: Liberation) -> Liberation:
    return replace(liberation, statut=Statut.SOUSTRAITE, motif=evenement.motif)


@evolve.register
def _(_evenement: LogementReintegre, liberation: Liberation) -> Liberation:
    return replace(liberation, statut=Statut.A_ORIENTER, motif=None)


@evolve.register
def _(evenement: LogementMisADisposition, liberation: Liberation) -> Liberation:
    mise = MiseADisposition(
        id=evenement.mise_a_disposition,
        rang=evenement.rang,
        titulaire=evenement.titulaire,
        organisation=evenement.organisation,
        convention=evenement.convention,
        politique=evenement.politique,
        compte=evenement.compte,
        sequence=evenement.sequence,
        le=evenement.le,
        designer_avant=evenement.designer_avant,
        designation_mois=evenement.designation_mois,
        propre=evenement.propre,
    )
    return replace(liberation, statut=Statut.MISE_A_DISPOSITION, mises=(*liberation.mises, mise))


@evolve.register
def _(evenement: CandidatDesigne, liberation: Liberation) -> Liberation:
    mise = liberation.mises[-1]
    return _avec(liberation, replace(mise, candidats=(*mise.candidats, evenement.demande), attendue=False))


@evolve.register
def _(evenement: CommissionTenue, liberation: Liberation) -> Liberation:
    mise = liberation.mises[-1]
    if evenement.attribues:
        attribuee = replace(mise, attribues=evenement.attribues, attendue=False)
        statut = Statut.MISE_A_DISPOSITION if candidats_epuises(attribuee) else Statut.ATTRIBUEE
        return replace(_avec(liberation, attribuee), statut=statut)
    assert evenement.designer_avant is not None
    return _avec(liberation, replace(mise, candidats=(), designer_avant=evenement.designer_avant, attendue=True))


@evolve.register
def _(evenement: CandidatRefuse, liberation: Liberation) -> Liberation:
    mise = liberation.mises[-1]
    suivie = _avec(liberation, replace(mise, refus=(*mise.refus, evenement.demande)))
    epuises = candidats_epuises(suivie.mises[-1])
    return replace(suivie, statut=Statut.MISE_A_DISPOSITION) if epuises else suivie


@evolve.register
def _(evenement: LogementRendu, liberation: Liberation) -> Liberation:
    mise = replace(liberation.mises[-1], rendue=evenement.motif, attendue=False)
    return replace(_avec(liberation, mise), statut=Statut.A_ORIENTER)


@evolve.register
def _(_evenement: BailSigne, liberation: Liberation) -> Liberation:
    mise = replace(liberation.mises[-1], louee=True, attendue=False)
    return replace(_avec(liberation, mise), statut=Statut.LOUEE)


@evolve.register
def _(_evenement: LogementOriente, liberation: Liberation) -> Liberation:
    return liberation


def _avec(liberation: Liberation, mise: MiseADisposition) -> Liberation:
    return replace(liberation, mises=(*liberation.mises[:-1], mise))
