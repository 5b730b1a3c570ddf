"""Legal parameters: dated numbers that the rules read, with their source, and which of them a region may override.

The law changes every year (demande.md): a rule never writes such a number, it asks for its value on a day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

_SPTA = "cahier des charges des SPTA, arrêté du 23 mars 2015 (replaced since; the text in force was not read)"


class ParametreInconnu(LookupError):
    """No legal parameter has this name."""


@dataclass(frozen=True, slots=True)
class Surcharge:
    """A value of a parameter from a day on, with the text that sets it: a change of the law, or a region's own choice."""

    nom: str
    valeur: int
    depuis: date
    source: str


@dataclass(frozen=True, slots=True)
class Parametre:
    """A legal parameter with its national value.

    valeur: the value at the start of the register. revisions: what the law changed since, in any order.
    bornes: for a region's override, (min, max) both included; None when the law leaves no choice.
    """

    nom: str
    libelle: str
    unite: str
    valeur: int
    source: str
    bornes: tuple[int, int] | None = None
    revisions: tuple[Surcharge, ...] = ()

    def valeur_le(self, le: date) -> int:
        """The national value on a day."""
        derniere = _derniere(self.revisions, le)
        return derniere.valeur if derniere else self.valeur


def _derniere(surcharges: Iterable[Surcharge], le: date) -> Surcharge | None:
    return max((s for s in surcharges if s.depuis <= le), key=lambda s: s.depuis, default=None)


def _par_nom(*parametres: Parametre) -> Mapping[str, Parametre]:
    return MappingProxyType({p.nom: p for p in parametres})


PARAMETRES: Mapping[str, Parametre] = _par_nom(
    Parametre("validite_mois", "Durée de validité d'une demande", "mois", 12, "R441-2-7 (D17)"),
    Parametre(
        "preavis_mois", "Préavis de renouvellement avant la fin de validité", "mois", 1, "R441-2-7 (D18)", bornes=(1, 3)
    ),
    Parametre("attestation_mois", "Délai de délivrance de l'attestation", "mois", 1, "L441-2-1 (D09)"),
    Parametre("pieces_jours", "Délai de versement des pièces au registre", "jours", 15, "R441-2-4-1 (D14)"),
    Parametre("effacement_mois", "Conservation après radiation", "mois", 12, "décret 2017-917 art. 4 (D24)"),
    Parametre(
        "brouillon_mois",
        "Conservation d'une saisie en ligne jamais validée",
        "mois",
        1,
        "practice read in one département (demande.md §3.2)",
        bornes=(1, 12),
    ),
    Parametre(
        "radiation_non_renouvellement_mois",
        "Radiation pour non-renouvellement, après la présentation ou le dernier renouvellement",
        "mois",
        13,
        f"{_SPTA} §6.1",
        bornes=(12, 24),
    ),
    Parametre(
        "reactivation_non_renouvellement_mois",
        "Réactivation possible d'une demande non renouvelée, après la présentation ou le dernier renouvellement",
        "mois",
        18,
        f"{_SPTA} §6.1",
        bornes=(12, 36),
    ),
    Parametre(
        "avertissement_radiation_mois",
        "Délai entre l'avertissement et la radiation",
        "mois",
        2,
        f"R441-2-8 c and d: one month; {_SPTA}: two; the longer protects the applicant",
        bornes=(1, 6),
    ),
    Parametre(
        "reactivation_contact_mois",
        "Réactivation possible d'une demande radiée faute de contact",
        "mois",
        5,
        f"{_SPTA} §6.5",
        bornes=(0, 24),
    ),
    Parametre(
        "reponse_offre_jours",
        "Délai de réponse à une offre de logement",
        "jours",
        10,
        "R441-10 (C04): ten days at least",
        bornes=(10, 60),
    ),
    Parametre(
        "designation_mois",
        "Délai de désignation des candidats par le réservataire, sans autre terme dans la convention",
        "mois",
        1,
        "usual practice; no figure read (flux.md §7, L31)",
        bornes=(0, 6),
    ),
    Parametre("candidats_par_logement", "Demandes examinées par logement", "demandes", 3, "R441-3 (C01, L27)"),
    Parametre(
        "lieux_souhaites_max",
        "Nombre de communes souhaitées",
        "lieux",
        10,
        "SNE version 2, 2012; limit of the current form not confirmed (demande.md §5.2 J)",
        bornes=(1, 50),
    ),
)


@dataclass(frozen=True, slots=True)
class Parametres:
    """The parameters of one region: the national ones under its overrides."""

    surcharges: tuple[Surcharge, ...] = ()

    def valeur(self, nom: str, le: date) -> int:
        """The value of a parameter on a day: the region's latest override by then, else the national value.

        Raises ParametreInconnu.
        """
        parametre = PARAMETRES.get(nom)
        if parametre is None:
            raise ParametreInconnu(f"Aucun paramètre légal ne s'appelle « {nom} ».")
        derniere = _derniere((s for s in self.surcharges if s.nom == nom), le)
        return derniere.valeur if derniere else parametre.valeur_le(le)


NATIONAUX = Parametres()
"""The parameters without any override."""
