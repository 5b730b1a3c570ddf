"""What the scoring's routes refuse."""

from contracts.problems import Problem


class CotationInconnue(Problem):
    """No score is known for this demande, or for this place."""

    code = "cotation-inconnue"
    title = "Cotation inconnue"
    status = 404


class ChangementInconnu(Problem):
    """The score of this place has not changed that many times."""

    code = "changement-inconnu"
    title = "Changement inconnu"
    status = 404


class ClasseInconnue(Problem):
    """Nobody is in this class, or it is not the name of one."""

    code = "classe-inconnue"
    title = "Classe inconnue"
    status = 404


class ClassementInconnu(Problem):
    """No ranking has this identifier."""

    code = "classement-inconnu"
    title = "Classement inconnu"
    status = 404


class SansGrille(Problem):
    """No grid is in force where the dwelling is: nothing can be ranked by score there."""

    code = "sans-grille"
    title = "Aucune grille en vigueur"
    status = 409


class RegistreIndisponible(Problem):
    """The register, whose facts are needed, does not answer for now."""

    code = "registre-indisponible"
    title = "Le registre ne répond pas"
    status = 503
