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


class MiseADispositionInconnue(Problem):
    code = "mise-a-disposition-inconnue"
    title = "Mise à disposition inconnue"
    status = 404


class PropositionInconnue(Problem):
    code = "proposition-inconnue"
    title = "Proposition inconnue"
    status = 404


class DesignationInvalide(Problem):
    code = "designation-invalide"
    title = "Désignation à corriger"
    status = 422


class CandidatNonRecevable(Problem):
    code = "candidat-non-recevable"
    title = "Cette demande ne peut pas être candidate"
    status = 409


class DecisionInvalide(Problem):
    code = "decision-caleol-invalide"
    title = "Décisions de la commission à corriger"
    status = 422


class DecisionImpossible(Problem):
    code = "decision-impossible"
    title = "Action impossible à ce stade de l'attribution"
    status = 409


class DelaiDepasse(Problem):
    code = "delai-depasse"
    title = "Le délai est passé"
    status = 409


class OffreDejaAcceptee(Problem):
    code = "offre-deja-acceptee"
    title = "Cette demande a déjà accepté un logement"
    status = 409


class QuartileInconnu(Problem):
    code = "quartile-inconnu"
    title = "Le premier quartile n'est pas connu"
    status = 422


class ClassementInvalide(Problem):
    code = "classement-invalide"
    title = "Le classement cité n'est pas celui de ces candidats"
    status = 422


class CotationIndisponible(Problem):
    code = "cotation-indisponible"
    title = "La cotation ne répond pas"
    status = 503
