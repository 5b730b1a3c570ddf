"""What the ledger refuses."""

from contracts.problems import Problem


class LogementInconnu(Problem):
    code = "logement-inconnu"
    title = "Logement inconnu du parc"
    status = 404


class ParcRefuse(Problem):
    code = "parc-refuse"
    title = "Fichier de parc refusé en entier"
    status = 422


class ConventionInconnue(Problem):
    code = "convention-inconnue"
    title = "Convention inconnue"
    status = 404


class ConventionRefusee(Problem):
    code = "convention-refusee"
    title = "Convention contraire aux règles de réservation"
    status = 409


class PlafondDepasse(Problem):
    code = "plafond-depasse"
    title = "Plafond de réservation dépassé"
    status = 409


class LiberationInconnue(Problem):
    code = "liberation-inconnue"
    title = "Libération inconnue"
    status = 404


class LiberationContradictoire(Problem):
    code = "liberation-contradictoire"
    title = "Cette libération est déjà connue avec d'autres faits"
    status = 409


class QualificationImpossible(Problem):
    code = "qualification-impossible"
    title = "La libération ne peut plus changer de qualification"
    status = 409


class OrientationImpossible(Problem):
    code = "orientation-impossible"
    title = "Le logement ne peut pas être orienté ainsi"
    status = 409


class MiseADispositionInconnue(Problem):
    code = "mise-a-disposition-inconnue"
    title = "Mise à disposition inconnue"
    status = 404


class RetourImpossible(Problem):
    code = "retour-impossible"
    title = "Le logement ne peut pas être rendu"
    status = 409
