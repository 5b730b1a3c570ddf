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
