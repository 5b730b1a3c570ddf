"""What the ledger of reservation quotas publishes."""

from datetime import date

import msgspec

SERVICE = "flux"


class ConventionChangee(msgspec.Struct, frozen=True):
    """A convention was signed, modified or ended. bailleur, reservataire: identifiers of the region's directory."""

    convention: str
    bailleur: str
    reservataire: str
    departement: str
    le: date


class LogementLibere(msgspec.Struct, frozen=True):
    """A dwelling is vacated or delivered: (SIREN, dwelling, occurrence) is its natural key."""

    liberation: str
    bailleur: str
    rpls: str
    commune: str
    le: date


class LogementSoustrait(msgspec.Struct, frozen=True):
    """The release is not counted in the flow. motif: R441-5 I (L8)."""

    liberation: str
    motif: str
    le: date


class LogementOriente(msgspec.Struct, frozen=True):
    """The release goes to a holder. suggestion: what the algorithm proposed; rang: number of the orientation, from 1."""

    liberation: str
    reservataire: str
    suggestion: str
    rang: int
    le: date


class LogementMisADisposition(msgspec.Struct, frozen=True, omit_defaults=True):
    """The dwelling is offered to a holder, who names candidates by `designer_avant`. loyer_centimes: monthly, charges out.

    typologie: T1…T6; financement: PLAI, PLUS, PLS, PLI; qpv: in a priority district; surface_m2: habitable.
    """

    mise_a_disposition: str
    liberation: str
    bailleur: str
    reservataire: str
    rpls: str
    commune: str
    typologie: str
    financement: str
    qpv: bool
    surface_m2: int
    loyer_centimes: int
    disponible_le: date
    designer_avant: date
    quartier: str | None = None
    charges_centimes: int = 0


class LogementRendu(msgspec.Struct, frozen=True):
    """The holder gave the dwelling back, or was late. motif: SANS_CANDIDAT, DELAI_DEPASSE, CANDIDATS_REFUSES, RENONCIATION."""

    mise_a_disposition: str
    liberation: str
    motif: str
    le: date


class FluxImpute(msgspec.Struct, frozen=True):
    """A right is charged, once. exercice: year; unite: MISE_A_DISPOSITION, ATTRIBUTION or BAIL_SIGNE; nombre: 1 or -1."""

    convention: str
    reservataire: str
    exercice: int
    liberation: str
    unite: str
    nombre: int
    le: date


class BilanArrete(msgspec.Struct, frozen=True):
    """A yearly statement is final. empreinte: SHA-256 of the document."""

    bailleur: str
    reservataire: str
    exercice: int
    empreinte: str
    le: date


class OffreChangee(msgspec.Struct, frozen=True):
    """A dwelling is shown to applicants, or no longer."""

    offre: str
    liberation: str
    le: date


class JourneeClose(msgspec.Struct, frozen=True):
    """Every deadline that had passed on `le` has had its effect in the ledger (design.md §8)."""

    le: date


TYPES: dict[str, type[msgspec.Struct]] = {
    "convention.signee.v1": ConventionChangee,
    "convention.modifiee.v1": ConventionChangee,
    "convention.resiliee.v1": ConventionChangee,
    "logement.libere.v1": LogementLibere,
    "logement.soustrait.v1": LogementSoustrait,
    "logement.oriente.v1": LogementOriente,
    "logement.mis-a-disposition.v1": LogementMisADisposition,
    "logement.rendu.v1": LogementRendu,
    "flux.impute.v1": FluxImpute,
    "flux.contre-passe.v1": FluxImpute,
    "bilan.arrete.v1": BilanArrete,
    "offre.publiee.v1": OffreChangee,
    "offre.retiree.v1": OffreChangee,
    "flux.journee-close.v1": JourneeClose,
}
