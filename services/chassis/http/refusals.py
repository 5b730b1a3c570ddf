"""The refusals of the edge itself, whatever the service."""

from services.chassis.problems import Problem


class CorpsIllisible(Problem):
    """The body is not JSON."""

    code = "corps-illisible"
    title = "Corps de requête illisible"
    status = 400


class ParametresInvalides(Problem):
    """A path, query or header parameter is malformed."""

    code = "parametres-invalides"
    title = "Paramètres de requête invalides"
    status = 400


class CurseurInvalide(Problem):
    """A cursor (of a list, or of a journal) is not one that Logis gave, or not for this request."""

    code = "curseur-invalide"
    title = "Curseur invalide"
    status = 400


class JetonAbsent(Problem):
    """No bearer token."""

    code = "jeton-absent"
    title = "Authentification nécessaire"
    status = 401


class JetonInvalide(Problem):
    """The bearer token is not acceptable."""

    code = "jeton-invalide"
    title = "Jeton refusé"
    status = 401


class AccesRefuse(Problem):
    """The caller has no right to the operation, or not on this resource."""

    code = "acces-refuse"
    title = "Accès refusé"
    status = 403


class Introuvable(Problem):
    """No such address."""

    code = "introuvable"
    title = "Adresse ou ressource introuvable"
    status = 404


class MethodeRefusee(Problem):
    """The address exists, not with this method."""

    code = "methode-refusee"
    title = "Méthode non prévue à cette adresse"
    status = 405


class CommandeEnCours(Problem):
    """The same Idempotency-Key is being handled."""

    code = "commande-en-cours"
    title = "La même commande est en cours"
    status = 409


class ReponseEffacee(Problem):
    """The stored answer was about a person whose data has been erased since."""

    code = "reponse-effacee"
    title = "La réponse d'origine a été effacée"
    status = 410


class CorpsTropGros(Problem):
    """The body is over the limit."""

    code = "corps-trop-gros"
    title = "Corps de requête trop volumineux"
    status = 413


class TypeDeContenuRefuse(Problem):
    """The body is announced as something else than JSON."""

    code = "type-de-contenu-refuse"
    title = "Type de contenu non pris en charge"
    status = 415


class DonneesInvalides(Problem):
    """The payload breaks its schema; each fault has its JSON pointer."""

    code = "donnees-invalides"
    title = "Données invalides"
    status = 422


class CleIdempotenceReprise(Problem):
    """The Idempotency-Key was used for another request."""

    code = "cle-idempotence-reprise"
    title = "Clé d'idempotence déjà utilisée pour une autre requête"
    status = 422


class VersionAbsente(Problem):
    """A change without If-Match."""

    code = "version-absente"
    title = "Version attendue absente"
    status = 428


class TropDeRequetes(Problem):
    """Over the rate of the token, or the process is full."""

    code = "trop-de-requetes"
    title = "Trop de requêtes"
    status = 429


class ErreurInterne(Problem):
    """A bug; nothing of it is told outside."""

    code = "erreur-interne"
    title = "Erreur interne"
    status = 500


class ServiceIndisponible(Problem):
    """The database cannot be reached, or too many writers met."""

    code = "service-indisponible"
    title = "Service momentanément indisponible"
    status = 503


class DelaiDepasse(Problem):
    """No answer within the time allowed."""

    code = "delai-depasse"
    title = "Délai de réponse dépassé"
    status = 504


COMMON: tuple[type[Problem], ...] = (
    CorpsIllisible,
    ParametresInvalides,
    JetonAbsent,
    JetonInvalide,
    AccesRefuse,
    CorpsTropGros,
    TypeDeContenuRefuse,
    DonneesInvalides,
    TropDeRequetes,
    ServiceIndisponible,
    DelaiDepasse,
)
"""What any operation may answer, besides its own problems."""
