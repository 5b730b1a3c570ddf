"""What the register refuses."""

from contracts.problems import Problem


class DemandeInconnue(Problem):
    code = "demande-inconnue"
    title = "Demande inconnue"
    status = 404


class TransitionInterdite(Problem):
    code = "transition-interdite"
    title = "Action impossible dans cet état"
    status = 409


class DossierIncomplet(Problem):
    code = "dossier-incomplet"
    title = "Il manque des éléments obligatoires"
    status = 422


class NumeroDejaAttribue(Problem):
    code = "numero-unique-deja-attribue"
    title = "Ce numéro unique appartient à une autre demande"
    status = 409
