"""From a deposit to the attestation in the applicant's mailbox."""

import asyncio
import hashlib
from uuid import UUID

import pytest

from services.notifications.adapters.postier import Postier
from services.notifications.policies.envoi import Envoi
from services.notifications.service import assemble
from tests.notifications.integration.monde import Monde


async def envoyer(monde: Monde) -> int:
    """What is due, sent in one batch."""
    assembly = assemble(monde.notifications)
    envoi = Envoi(monde.notifications, assembly.store, Postier(monde.settings))
    try:
        return await envoi.tour(asyncio.Event())
    finally:
        await envoi.postier.fermer()


@pytest.mark.duty("demande:D09", "demande:D10")
async def test_un_depot_donne_une_attestation(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    await monde.consommer(assemble(monde.notifications).reactions[0])
    assert await envoyer(monde) == 1

    ((adresse, brut),) = monde.boite.recus
    (mail,) = monde.boite.mails()
    assert adresse == "wagner@exemple.fr"
    dit = mail.get_body(("plain",)).get_content()
    for attendu in ("Madame Jeanne Wagner", "12 rue des Tilleuls, 67000 Strasbourg", "20 novembre 2026"):
        assert attendu in dit
    ((etat, canal, empreinte, avant),) = await monde.lignes("select etat, canal, empreinte, avant from message")
    assert (etat, canal, avant.isoformat()) == ("envoye", "courriel", "2026-12-20")
    assert empreinte == hashlib.sha256(brut).hexdigest()
    assert UUID(mail["Message-ID"][1:37]) == (await monde.lignes("select id from message"))[0].id
    assert str(demande) in {row.objet for row in await monde.lignes("select objet from message")}
