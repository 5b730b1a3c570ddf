"""What the directory of the region says to messages: the mailboxes of organisations, and what surrounds a demande."""

from functools import cache

from contracts.destinataires import Destinataire
from contracts.territoire import commune, existe
from services.chassis.directory import Nature, Region
from services.notifications.domain.avis import Annuaire
from services.notifications.domain.contenu import Territoire


def annuaire(region: Region) -> Annuaire:
    """Who exercises each holder's rights, and who gave a mailbox."""
    return Annuaire(
        titulaires={holder.id: holder.organisation for holder in region.reservataires.values()},
        joignables=frozenset(one.id for one in region.organisations.values() if one.courriel),
    )


class Alentours:
    """What the region says around demandes, the landlords of each commune found once."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._bailleurs = cache(self._bailleurs_de)

    def de(self, lu: Destinataire) -> Territoire:
        """The surroundings of a demande; the commission is that of the département of the first commune wished."""
        region = self._region
        guichet = region.guichets.get(lu.guichet)
        code = commune(lu.communes[0]).departement if lu.communes and existe(lu.communes[0]) else ""
        departement = region.departements.get(code)
        bailleurs = {nom for code_commune in lu.communes for nom in self._bailleurs(code_commune)}
        return Territoire(
            guichet=guichet.nom if guichet else lu.guichet,
            bailleurs=tuple(sorted(bailleurs)),
            commission=departement.commission_mediation if departement else "auprès de la préfecture",
            delai_mois=region.delai_anormalement_long(code, lu.typologies[0]) if lu.typologies else None,
        )

    def _bailleurs_de(self, code: str) -> tuple[str, ...]:
        found = self._region.organisations_de(code, Nature.BAILLEUR) if existe(code) else ()
        return tuple(one.nom for one in found)
