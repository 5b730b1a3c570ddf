"""What the notifications refuse, each with its stable code."""

from contracts.problems import Problem


class MessageInconnu(Problem):
    """No message has this identifier."""

    code = "message-inconnu"
    title = "Message inconnu"
    status = 404


class LettreImpossible(Problem):
    """No letter can be made of this message."""

    code = "lettre-impossible"
    title = "Lettre impossible"
    status = 409


class DepotRefuse(Problem):
    """This letter cannot be declared posted."""

    code = "depot-refuse"
    title = "Dépôt de lettre refusé"
    status = 409


class RegistreIndisponible(Problem):
    """The register does not answer: names and addresses cannot be read."""

    code = "registre-indisponible"
    title = "Registre des demandes indisponible"
    status = 503


class AbonnementInconnu(Problem):
    """No subscription of the caller has this identifier."""

    code = "abonnement-inconnu"
    title = "Abonnement inconnu"
    status = 404


class AdresseInterdite(Problem):
    """The address of a receiver is not one that Logis may call."""

    code = "adresse-interdite"
    title = "Adresse de réception interdite"
    status = 422


class AbonnementInactif(Problem):
    """The subscription is suspended or closed."""

    code = "abonnement-inactif"
    title = "Abonnement inactif"
    status = 409


class LivraisonInconnue(Problem):
    """No delivery of the caller has this identifier."""

    code = "livraison-inconnue"
    title = "Livraison inconnue"
    status = 404


class RelanceRefusee(Problem):
    """The delivery is not one that waits for a new start."""

    code = "relance-refusee"
    title = "Relance refusée"
    status = 409
