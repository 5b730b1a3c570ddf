"""One check of `logis verify`."""

from dataclasses import dataclass

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Controle:
    """What was checked, on how many things, and each discrepancy by identifiers alone, never by personal facts.

    effaces: things that could not be checked because their personal facts were erased: counted apart.
    """

    nom: str
    examines: int
    ecarts: tuple[str, ...] = ()
    effaces: int = 0

    @property
    def conforme(self) -> bool:
        return not self.ecarts

    def document(self) -> dict[str, object]:
        """As `--json` says it; the discrepancies are counted whole and the first ones named."""
        return {
            "nom": self.nom,
            "examines": self.examines,
            "ecarts": len(self.ecarts),
            "effaces": self.effaces,
            "premiers_ecarts": list(self.ecarts[:MOST_TOLD]),
        }
