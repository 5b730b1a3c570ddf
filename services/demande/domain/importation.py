"""What an import answers: how many of each, and each refused line with what to do."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LigneRefusee:
    """A fault that kept a demande out. ligne: of the file; champ: path of the field; code: contracts.sne.anomalies."""

    ligne: int
    champ: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Bilan:
    """The report of an import. ordre: place in the file of the last demande counted; interrompu: where and why the rest of
    the file could not be read."""

    importees: int = 0
    deja_connues: int = 0
    incompletes: int = 0
    refusees: int = 0
    lignes_refusees: tuple[LigneRefusee, ...] = ()
    ordre: int = 0
    interrompu: LigneRefusee | None = None

    def plus(self, autre: "Bilan") -> "Bilan":
        """Both reports together."""
        return replace(
            self,
            importees=self.importees + autre.importees,
            deja_connues=self.deja_connues + autre.deja_connues,
            incompletes=self.incompletes + autre.incompletes,
            refusees=self.refusees + autre.refusees,
            lignes_refusees=(*self.lignes_refusees, *autre.lignes_refusees),
            ordre=max(self.ordre, autre.ordre),
            interrompu=autre.interrompu or self.interrompu,
        )
