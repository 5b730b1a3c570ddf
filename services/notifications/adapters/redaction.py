"""From a message to what it says and through which channels, with what was just read: nothing is kept."""

from collections.abc import Mapping
from datetime import date

from contracts.destinataires import Destinataire
from contracts.evenements.flux import LogementMisADisposition
from services.chassis.directory import Region
from services.notifications.adapters.messages import Reserve
from services.notifications.adapters.modeles import ecrire
from services.notifications.adapters.region import Alentours
from services.notifications.domain.canaux import Canal, Joignable, canaux
from services.notifications.domain.contenu import FaitsAbsents, du_demandeur, du_partenaire, nom_complet
from services.notifications.domain.ecrit import Ecrit
from services.notifications.domain.message import Nature
from services.notifications.domain.modeles import MODELES


class Redaction:
    """Writes messages with the words of the region."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._alentours = Alentours(region)

    def est_sans_objet(self, message: Reserve, lu: Destinataire | None) -> bool:
        """Whether what the message announces has been overtaken: the demande was renewed before its notice left."""
        if message.modele != "preavis" or lu is None:
            return False
        return lu.valable_jusqu_au > date.fromisoformat(str(message.donnees["valable_jusqu_au"]))

    def canaux(self, message: Reserve, lu: Destinataire | None, *, les_deux: bool = False) -> tuple[Canal, ...]:
        """The channels of a message (D18). lu: None for an organisation; les_deux: the applicant asked for both."""
        if message.canal is not None:
            return (message.canal,)
        joignable = (
            Joignable(courriel=self._courriel(message) is not None, adresse=False)
            if lu is None
            else Joignable(
                courriel=bool(lu.courriel),
                adresse=lu.boite_aux_lettres is not None,
                en_ligne=lu.en_ligne,
                les_deux=les_deux,
            )
        )
        return canaux(MODELES[message.modele].regle, joignable)

    def boite(self, message: Reserve, lu: Destinataire | None) -> tuple[str, str]:
        """Name and address of the mailbox."""
        if lu is not None:
            return nom_complet(lu), lu.courriel or ""
        return self._region.organisations[message.destinataire].nom, self._courriel(message) or ""

    def ecrire(self, message: Reserve, lu: Destinataire | None, connus: Mapping[str, LogementMisADisposition]) -> Ecrit:
        """What the message says. Raises FaitsAbsents when the dwelling, or motives that the law wants, are not known yet."""
        logement = connus.get(str(message.donnees.get("mise_a_disposition")))
        if logement is None and MODELES[message.modele].logement:
            raise FaitsAbsents("the dwelling is not known here yet")
        if lu is not None:
            contenu = du_demandeur(lu, message.donnees, self._alentours.de(lu), logement)
        else:
            assert logement is not None
            assert message.nature is Nature.ORGANISATION
            nom = self._region.organisations[message.destinataire].nom
            contenu = du_partenaire(nom, message.donnees, logement)
        return ecrire(message.modele, message.version, contenu)

    def _courriel(self, message: Reserve) -> str | None:
        organisation = self._region.organisation(message.destinataire)
        return organisation.courriel if organisation else None
