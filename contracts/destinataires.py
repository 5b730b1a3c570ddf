"""What `POST /demande/v1/destinataires/lecture` exchanges: whom a legal notice is for, at the moment it is sent.

The reader keeps none of it (design.md §8): a message knows its demande, never a name or an address.
"""

from datetime import date

import msgspec


class AdressePostale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A French postal address that a letter can reach. commune: INSEE code."""

    voie: str
    code_postal: str
    commune: str
    numero: str = ""
    complement: str = ""


class Destinataire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The applicant of a demande and what notices say of it (R441-2-4, R441-2-7).

    civilite: codelist civilite. en_ligne: at least one registration or renewal was made online (D18).
    courriel: None too when electronic notices were refused. courrier: where letters go, when it is not `adresse`; chez: name of
    the host, for the envelope.
    communes, typologies: as wished, in order. personnes: size of the future household.
    motifs: by dwelling put at disposal, every motive of a decision that was not favourable (D28): codelists
    motif_non_attribution, sous_motif_irrecevabilite; precisions: what the commission wrote besides.
    """

    demande: str
    statut: str
    numero: str
    nom: str
    prenom: str
    deposee_le: date
    valable_jusqu_au: date
    guichet: str
    territoire: str
    communes: tuple[str, ...]
    typologies: tuple[str, ...]
    personnes: int
    en_ligne: bool
    civilite: str | None = None
    courriel: str | None = None
    adresse: AdressePostale | None = None
    courrier: AdressePostale | None = None
    chez: str = ""
    renouvelee_le: date | None = None
    motifs: dict[str, tuple[str, ...]] = {}
    precisions: dict[str, str] = {}

    @property
    def boite_aux_lettres(self) -> AdressePostale | None:
        """Where a letter goes; None when none can reach the applicant."""
        return self.courrier or self.adresse


class LectureDestinataires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the reading. `finalite`: why; it goes to the access journal with the purpose of the permission."""

    demandes: list[str]
    finalite: str


class DestinatairesLus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its answer: each demande asked is in exactly one of the three lists."""

    destinataires: list[Destinataire]
    effacees: list[str] = []
    inconnues: list[str] = []
