"""Why the engine refuses to compile, to encode or to evaluate: never a wrong figure, always a sentence."""


class RefusDuMoteur(Exception):
    """Base of the engine's refusals: `code` is stable ASCII kebab-case, the message a French sentence with a remedy."""

    code = "moteur-refus"


class GrilleTropGrande(RefusDuMoteur):
    """The grid would generate more code than the engine accepts."""

    code = "grille-trop-grande"


class BornesNonProuvees(RefusDuMoteur):
    """A value may leave the 64-bit integers of the columns: the columnar back-end refuses rather than wrap."""

    code = "bornes-non-prouvees"


class ColonneManquante(RefusDuMoteur):
    """The columns were encoded without a fact, a code or a precision that the grid reads."""

    code = "colonne-manquante"


class ColonneInvalide(RefusDuMoteur):
    """A table given to the encoder holds a column whose type cannot carry the fact exactly."""

    code = "colonne-invalide"


class ReevaluationImpossible(RefusDuMoteur):
    """A difference was asked from a result that lacks what it needs (points per line, same columns, same day)."""

    code = "reevaluation-impossible"
