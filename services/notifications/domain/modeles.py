"""The templates: their version in force, the rule of their channels, the text of the law that each carries."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.domain.canaux import Regle


@dataclass(frozen=True, slots=True)
class Modele:
    """A template. version: the one that new messages take; older ones stay, for the messages that took them.

    logement: it describes the dwelling put at disposal (`donnees["mise_a_disposition"]`).
    """

    nom: str
    version: int
    regle: Regle
    source: str
    logement: bool = False


MODELES: Mapping[str, Modele] = {
    modele.nom: modele
    for modele in (
        Modele("attestation", 1, Regle.INFORMATION, "L441-2-1, R441-2-4 (D09, D10)"),
        Modele("preavis", 1, Regle.PREAVIS, "R441-2-7 (D18)"),
        Modele("radiation", 1, Regle.INFORMATION, "R441-2-8 (D20)"),
        Modele("proposition", 1, Regle.INFORMATION, "R441-10 (C04, C05), R441-2-17 (D27)", logement=True),
        Modele("proposition-acceptee", 1, Regle.INFORMATION, "R441-10", logement=True),
        Modele("proposition-refusee", 1, Regle.INFORMATION, "R441-10, R441-2-17", logement=True),
        Modele("decision-favorable", 1, Regle.INFORMATION, "R441-3, R441-2-17 (D27)", logement=True),
        Modele("decision-defavorable", 1, Regle.INFORMATION, "L441-2-2 (D28)", logement=True),
        Modele("bail-signe", 1, Regle.INFORMATION, "R441-2-8 a (D20)", logement=True),
        Modele("mise-a-disposition", 1, Regle.PARTENAIRE, "flux.md §7", logement=True),
        Modele("logement-rendu", 1, Regle.PARTENAIRE, "flux.md §7", logement=True),
    )
}
