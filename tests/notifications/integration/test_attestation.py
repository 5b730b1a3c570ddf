"""From a deposit to the attestation in the applicant's mailbox."""

import hashlib
from uuid import UUID

import pytest

from services.notifications.service import assemble
from tests.notifications.integration.monde import Monde


@pytest.mark.duty("demande:D09", "demande:D10")
async def test_un_depot_donne_une_attestation(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    await monde.consommer()
    assert await monde.envoyer() == 1

    ((adresse, brut),) = monde.boite.recus
    (mail,) = monde.boite.mails()
    assert adresse == "wagner@exemple.fr"
    assert mail["To"] == "Jeanne Wagner <wagner@exemple.fr>" or "Madame Jeanne Wagner" in str(mail["To"])
    assert not mail.defects
    for genre in ("plain", "html"):
        dit = mail.get_body((genre,)).get_content()  # type: ignore[union-attr]
        for attendu in ("Madame Jeanne Wagner", "12 rue des Tilleuls, 67000 Strasbourg", "20 novembre 2026"):
            assert attendu in dit
    ((etat, canal, empreinte, avant),) = await monde.lignes("select etat, canal, empreinte, avant from message")
    assert (etat, canal, avant.isoformat()) == ("envoye", "courriel", "2026-12-20")
    assert empreinte == hashlib.sha256(brut).hexdigest()
    ((identifiant, objet),) = await monde.lignes("select id, objet from message")
    assert UUID(mail["Message-ID"][1:37]) == identifiant
    assert objet == str(demande)


async def test_l_envoi_est_publie_avec_sa_preuve_et_sa_cause(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    await monde.consommer()
    await monde.envoyer()
    (enregistree,) = await monde.fil("demande")
    (envoye,) = await monde.fil("notifications")
    assert envoye["type"] == "message.envoye.v1"
    assert envoye["correlationid"] == enregistree["correlationid"]
    assert envoye["causationid"] == enregistree["id"]
    assert envoye["data"]["objet"] == str(demande)
    assert envoye["data"]["modele"] == "attestation/1"
    assert envoye["data"]["empreinte"] == hashlib.sha256(monde.boite.recus[0][1]).hexdigest()


async def test_la_lecture_des_adresses_laisse_une_ligne_avec_sa_finalite(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    await monde.consommer()
    await monde.envoyer()
    async with monde.demande.database.engine.connect() as connection:
        lues = (await monde.sur(connection, "select acteur, operation, subjects, purpose from access_journal")).all()
    assert [tuple(row) for row in lues] == [
        ("service:notifications", "lire_des_destinataires", [str(demande)], "envoi des avis prévus par la loi")
    ]


async def test_un_evenement_relu_ne_fait_pas_un_second_message(monde: Monde) -> None:
    """The consumer's marks lost (a rebuild): every event is read again, no message is sent again."""
    await monde.deposer("Wagner")
    await monde.consommer()
    await monde.envoyer()
    async with monde.notifications.database.engine.begin() as connection:
        await monde.sur(connection, "delete from consumer_mark")
    await monde.consommer()
    assert await monde.envoyer() == 0
    assert len(monde.boite.recus) == 1


async def test_le_worker_assemble_envoie_seul(monde: Monde) -> None:
    """The parts as the process runs them: consumer, sender and receiver of webhooks together, until told to stop."""
    await monde.deposer("Wagner")
    await monde.deposer("Muller")
    async with monde.worker():
        await monde.jusqua(lambda: len(monde.boite.recus) == 2)
    assert [row.etat for row in await monde.lignes("select etat from message")] == ["envoye", "envoye"]
    assert assemble(monde.notifications).reactions
