"""What counts as consumed (flux.md §3): one life of a dwelling, several counting units."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Unite(StrEnum):
    """The unit that a convention counts in."""

    MISE_A_DISPOSITION = "MISE_A_DISPOSITION"
    ATTRIBUTION = "ATTRIBUTION"
    BAIL_SIGNE = "BAIL_SIGNE"


class Contingent(StrEnum):
    """On whose rights a DALO household housed on another contingent is counted."""

    ETAT = "ETAT"
    RESERVATAIRE = "RESERVATAIRE"


@dataclass(frozen=True, slots=True)
class Politique:
    """`imputation_policy` of a convention (flux.md §3); the defaults charge each dwelling proposed but not returned."""

    unite: Unite = Unite.MISE_A_DISPOSITION
    rendu_compte: bool = False
    refus_compte: bool = True
    neuf_compte: bool = True
    dalo_autre_contingent: Contingent = Contingent.RESERVATAIRE


@dataclass(frozen=True, slots=True)
class Parcours:
    """What happened to one dwelling of one holder."""

    id: str
    reservataire: str
    mis_a_disposition: bool
    attribution_prononcee: bool
    bail_signe: bool
    refus_attributaire: bool = False
    rendu_sans_candidat: bool = False
    neuf: bool = False
    dalo: bool = False

    @property
    def est_incoherent(self) -> bool:
        """A lease or a refusal without an award (L29: the commission alone awards), or an award after a return."""
        sans_attribution = (self.bail_signe or self.refus_attributaire) and not self.attribution_prononcee
        return sans_attribution or (self.rendu_sans_candidat and self.attribution_prononcee)


@dataclass(frozen=True, slots=True)
class Comptes:
    """Dwellings of one holder in each unit of the order of 28/11/2011."""

    mises_a_disposition_ou_imputes: int
    attributions_prononcees: int
    baux_signes: int
    refus: int


def compter(parcours: Iterable[Parcours]) -> dict[str, Comptes]:
    """Counts by holder, in the order met: proposed or imputed at the award, awarded, leased, refused by the awarded.

    Source: arrêté of 28/11/2011 (DEVL1131829A) art. 1, I-3 and I-5.2.
    """
    par_titulaire: dict[str, list[Parcours]] = {}
    for un in parcours:
        par_titulaire.setdefault(un.reservataire, []).append(un)
    return {
        nom: Comptes(
            sum(p.mis_a_disposition or p.attribution_prononcee for p in siens),
            sum(p.attribution_prononcee for p in siens),
            sum(p.bail_signe for p in siens),
            sum(p.refus_attributaire for p in siens),
        )
        for nom, siens in par_titulaire.items()
    }


def titulaire_impute(parcours: Parcours, politique: Politique, etat: str = "etat") -> str | None:
    """Holder charged for this dwelling under the policy, or None when nothing is charged.

    A dwelling returned without a candidate is charged only if `rendu_compte`; one whose awarded candidate refused and
    that no lease followed only if `refus_compte`; a new one only if `neuf_compte`. Source: flux.md §3 (design).
    """
    if parcours.neuf and not politique.neuf_compte:
        return None
    if parcours.rendu_sans_candidat:
        compte = politique.rendu_compte
    elif parcours.refus_attributaire and not parcours.bail_signe:
        compte = politique.refus_compte
    else:
        compte = _compte_dans(parcours, politique.unite)
    if not compte:
        return None
    return etat if parcours.dalo and politique.dalo_autre_contingent is Contingent.ETAT else parcours.reservataire


def _compte_dans(parcours: Parcours, unite: Unite) -> bool:
    if unite is Unite.BAIL_SIGNE:
        return parcours.bail_signe
    if unite is Unite.ATTRIBUTION:
        return parcours.attribution_prononcee
    return parcours.mis_a_disposition or parcours.attribution_prononcee
