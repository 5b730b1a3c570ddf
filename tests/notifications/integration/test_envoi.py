"""Sending: refusals, waits, letters, kills, two senders, nothing personal left behind."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.evenements.demande import (
    CaleolDecidee,
    CandidatDecide,
    DemandeEffacee,
    PreavisEmis,
    PropositionFaite,
)
from contracts.evenements.flux import LogementRendu
from services.demande.domain.evenements import DecisionRendue, Motivation
from services.notifications.adapters import messages
from services.notifications.adapters.courrier import Pli
from services.notifications.adapters.postier import Postier, Sort
from services.notifications.domain.reprises import COURRIEL
from services.notifications.verification import verifier
from tests.notifications.integration.monde import Boite, Monde
from tests.notifications.unit.donnees import LOGEMENT, MISE

JEANNE = "wagner@exemple.fr"


async def etats(monde: Monde) -> Counter[str]:
    return Counter(row.etat for row in await monde.lignes("select etat from message"))


async def test_une_adresse_refusee_fait_une_lettre(monde: Monde) -> None:
    """What is owed to an applicant does not end with a wrong address."""
    await monde.deposer("Wagner")
    await monde.consommer()
    monde.boite.refus[JEANNE] = "550 boite inconnue"
    await monde.envoyer()
    lignes = await monde.lignes("select canal, etat, raison from message order by canal")
    assert [tuple(ligne) for ligne in lignes] == [
        ("courriel", "echoue", "adresse-refusee"),
        ("lettre", "a_imprimer", None),
    ]
    (echoue,) = await monde.fil("notifications")
    assert (echoue["type"], echoue["data"]["raison"]) == ("message.echoue.v1", "adresse-refusee")


async def test_un_refus_passager_est_repris_puis_abandonne(monde: Monde) -> None:
    await monde.deposer("Wagner")
    await monde.consommer()
    monde.boite.refus[JEANNE] = "451 plus tard"
    for essai, secondes in enumerate(COURRIEL, start=1):
        await monde.envoyer()
        ((etat, essais),) = await monde.lignes("select etat, essais from message")
        assert (etat, essais) == ("a_envoyer", essai)
        monde.horloge.avancer(timedelta(seconds=secondes - 1))
        assert await monde.envoyer() == 0, "it is not tried again before its time"
        monde.horloge.avancer(timedelta(seconds=secondes * 0.2 + 1))
    await monde.envoyer()
    assert await etats(monde) == {"echoue": 1, "a_imprimer": 1}


async def test_un_refus_passager_puis_un_accord(monde: Monde) -> None:
    await monde.deposer("Wagner")
    await monde.consommer()
    monde.boite.refus[JEANNE] = "451 plus tard"
    await monde.envoyer()
    monde.boite.refus.clear()
    monde.horloge.avancer(timedelta(seconds=COURRIEL[0] * 1.2))
    await monde.envoyer()
    assert await etats(monde) == {"envoye": 1}


async def test_un_serveur_absent_ne_compte_pas_comme_un_essai(monde: Monde) -> None:
    await monde.deposer("Wagner")
    await monde.consommer()
    present = monde.notifications
    monde.notifications = monde.avec(smtp_port=1)
    for _ in range(20):
        assert await monde.envoyer() == 0
        monde.horloge.avancer(timedelta(minutes=5))
    ((etat, essais),) = await monde.lignes("select etat, essais from message")
    assert (etat, essais) == ("a_envoyer", 0)
    monde.notifications = present
    assert await monde.envoyer() == 1


async def test_un_registre_absent_rend_les_messages(monde: Monde) -> None:
    await monde.deposer("Wagner")
    await monde.consommer()
    present = monde.notifications
    monde.notifications = monde.avec(demande_url="http://127.0.0.1:1")
    with pytest.raises(Exception, match="connection"):
        await monde.envoyer()
    ((etat, essais),) = await monde.lignes("select etat, essais from message")
    assert (etat, essais) == ("a_envoyer", 0)
    monde.notifications = present
    monde.horloge.avancer(timedelta(seconds=6))
    assert await monde.envoyer() == 1


@pytest.mark.duty("demande:D18")
async def test_un_preavis_part_par_courriel_et_par_lettre_a_qui_n_est_jamais_venu_en_ligne(monde: Monde) -> None:
    guichet = await monde.deposer("Wagner")
    en_ligne = await monde.deposer("Muller", canal="en-ligne")
    sans_courriel = await monde.deposer("Schmitt", courriel=None)
    for demande in (guichet, en_ligne, sans_courriel):
        preavis = PreavisEmis(str(demande), monde.horloge().date(), monde.fin_de_validite)
        await monde.recevoir("demande.preavis-emis.v1", preavis, source="demande", subject=str(demande))
    await monde.envoyer()
    lignes = await monde.lignes("select destinataire, canal, etat from message order by 1, 2")
    assert {tuple(ligne) for ligne in lignes} == {
        (str(guichet), "courriel", "envoye"),
        (str(guichet), "lettre", "a_imprimer"),
        (str(en_ligne), "courriel", "envoye"),
        (str(sans_courriel), "lettre", "a_imprimer"),
    }


@pytest.mark.duty("demande:D18")
async def test_qui_a_demande_les_deux_recoit_les_deux(monde: Monde) -> None:
    demande = await monde.deposer("Wagner", canal="en-ligne")
    async with monde.client() as client:
        lien = f"/v1/preferences/{demande}"
        donnee = await client.put(lien, json={"courriel_et_courrier": True})
        lue = (await client.get(lien)).json()
    assert (donnee.status_code, lue) == (204, {"courriel_et_courrier": True})
    preavis = PreavisEmis(str(demande), monde.horloge().date(), monde.fin_de_validite)
    await monde.recevoir("demande.preavis-emis.v1", preavis, source="demande", subject=str(demande))
    await monde.envoyer()
    assert await etats(monde) == {"envoye": 1, "a_imprimer": 1}


async def test_qui_refuse_les_avis_electroniques_n_en_recoit_pas(monde: Monde) -> None:
    await monde.deposer("Wagner", avis_electroniques=False)
    await monde.consommer()
    await monde.envoyer()
    assert await etats(monde) == {"a_imprimer": 1}
    assert not monde.boite.recus


async def test_un_preavis_depasse_par_le_renouvellement_ne_part_pas(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    avant = PreavisEmis(str(demande), monde.horloge().date(), monde.fin_de_validite - timedelta(days=1))
    await monde.recevoir("demande.preavis-emis.v1", avant, source="demande", subject=str(demande))
    await monde.envoyer()
    assert await etats(monde) == {"annule": 1}
    assert not monde.boite.recus


async def test_une_proposition_attend_que_son_logement_soit_connu(monde: Monde) -> None:
    """Two journals have no common order: the offer may be read before the dwelling that it is about."""
    demande = await monde.deposer("Wagner")
    le = monde.horloge().date()
    faite = PropositionFaite(str(demande), "p1", MISE, 1, le, le + timedelta(days=10))
    await monde.recevoir("proposition.faite.v1", faite, source="demande", subject=str(demande))
    await monde.envoyer()
    ((etat, raison),) = await monde.lignes("select etat, raison from message")
    assert (etat, raison) == ("a_envoyer", "faits-absents")
    await monde.recevoir("logement.mis-a-disposition.v1", LOGEMENT, subject=MISE)
    monde.horloge.avancer(timedelta(seconds=COURRIEL[0] * 1.2))
    await monde.envoyer()
    (mail,) = [mail for mail in monde.boite.mails() if "proposé" in mail["Subject"]]
    assert "2 décembre 2026" in mail["Subject"]
    assert "Neudorf" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.duty("demande:D28")
async def test_un_rejet_ne_part_pas_sans_ses_motifs(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    decide = CaleolDecidee(MISE, monde.horloge().date(), (CandidatDecide(str(demande), "NON_ATTR"),))
    await monde.recevoir("logement.mis-a-disposition.v1", LOGEMENT, subject=MISE)
    await monde.recevoir("caleol.decidee.v1", decide, source="demande", subject=MISE)
    await monde.envoyer()
    assert not [mail for mail in monde.boite.mails() if "Décision" in mail["Subject"]]
    ((etat, raison),) = await monde.lignes("select etat, raison from message where modele = 'decision-defavorable'")
    assert (etat, raison) == ("a_envoyer", "faits-absents")

    motivation = Motivation(("RESSOURCES_INADEQ", "COMPOSITION"), "Deux chambres au moins sont nécessaires.")
    await monde.ecrire(demande, DecisionRendue(MISE, monde.horloge().date(), "NON_ATTR", None, motivation))
    monde.horloge.avancer(timedelta(seconds=COURRIEL[0] * 1.2))
    await monde.envoyer()
    (mail,) = [mail for mail in monde.boite.mails() if "Décision" in mail["Subject"]]
    dit = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for motif in ("reste à vivre", "composition du ménage", "Deux chambres au moins"):
        assert motif in dit
    ((donnees,),) = await monde.lignes("select donnees::text from message where modele = 'decision-defavorable'")
    assert "COMPOSITION" not in donnees


async def test_une_organisation_est_avertie_dans_sa_boite(monde: Monde) -> None:
    """The holder of a dwelling, then its landlord when it is given back."""
    monde.notifications = monde.avec_boites(
        {"prefecture-67": "logement@prefecture.exemple", "trois-rivieres-habitat": "flux@trois.exemple"}
    )
    await monde.recevoir("logement.mis-a-disposition.v1", LOGEMENT, subject=MISE)
    await monde.recevoir(
        "logement.rendu.v1", LogementRendu(MISE, "lib-1", "DELAI_DEPASSE", monde.horloge().date()), subject=MISE
    )
    await monde.envoyer()
    assert {adresse for adresse, _ in monde.boite.recus} == {"logement@prefecture.exemple", "flux@trois.exemple"}
    evenements = await monde.fil("notifications")
    assert {event["organisations"] for event in evenements} == {"prefecture-67", "trois-rivieres-habitat"}


async def test_une_demande_effacee_n_est_plus_ecrite_a_personne(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    await monde.consommer()
    efface = DemandeEffacee(str(demande), monde.horloge().date())
    await monde.recevoir("demande.effacee.v1", efface, source="demande", subject=str(demande))
    assert await monde.envoyer() == 0
    assert await etats(monde) == {"annule": 1}


async def test_les_cles_detruites_valent_un_effacement(monde: Monde) -> None:
    """The keys are gone, the event of the erasure is not read yet: there is nobody to write to any more."""
    demande = await monde.deposer("Wagner")
    await monde.consommer()
    await monde.demande.keys.destroy([f"demande-{demande}", f"demande-{demande}/p1"])
    await monde.envoyer()
    assert await etats(monde) == {"annule": 1}
    assert not monde.boite.recus


async def test_un_modele_en_faute_ne_retient_pas_les_autres(monde: Monde) -> None:
    await monde.deposer("Wagner")
    await monde.deposer("Muller")
    await monde.consommer()
    async with monde.notifications.database.engine.begin() as connection:
        await monde.sur(
            connection, "update message set version = 99 where id = (select id from message order by id limit 1)"
        )
    await monde.envoyer()
    lignes = await monde.lignes("select version, etat, raison from message order by version")
    assert [tuple(ligne) for ligne in lignes] == [(1, "envoye", None), (99, "a_envoyer", "redaction-impossible")]


async def test_un_expediteur_tue_apres_l_envoi_montre_le_meme_message(
    monde: Monde, boite: Boite, tmp_path: Path
) -> None:
    """Killed between the server's answer and its own commit: the mail goes again when the reservation ends, under the
    same Message-ID, and is counted once."""
    await monde.deposer("Wagner")
    await monde.consommer()
    process = await expediteur(monde, tmp_path)
    boite.avant = lambda: os.kill(process.pid, signal.SIGKILL)
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
    boite.avant = None
    ((etat, essais),) = await monde.lignes("select etat, essais from message")
    assert (etat, essais) == ("a_envoyer", 1)
    assert len(boite.recus) == 1

    monde.horloge.maintenant = datetime.now(UTC)
    assert await monde.envoyer() == 0, "the reservation of the dead sender still holds"
    monde.horloge.avancer(timedelta(minutes=4))
    assert await monde.envoyer() == 1
    identites = {mail["Message-ID"] for mail in boite.mails()}
    assert (len(boite.recus), len(identites)) == (2, 1)
    assert len(await monde.fil("notifications")) == 1


async def test_deux_expediteurs_envoient_chaque_message_une_fois(monde: Monde, tmp_path: Path) -> None:
    for rang in range(40):
        await monde.deposer(f"Wagner{rang}")
    await monde.consommer()
    processes = [await expediteur(monde, tmp_path, lot="3") for _ in range(2)]
    codes = [await asyncio.wait_for(process.wait(), 90) for process in processes]
    assert codes == [0, 0]
    assert await etats(monde) == {"envoye": 40}
    identites = [mail["Message-ID"] for mail in monde.boite.mails()]
    assert (len(identites), len(set(identites))) == (40, 40)
    assert len(await monde.fil("notifications")) == 40


async def test_une_reservation_perdue_ne_conclut_rien(monde: Monde) -> None:
    """A sender slower than its reservation is refused while another holds the message: the other's word stands."""
    await monde.deposer("Wagner")
    await monde.consommer()
    lent, rapide = monde.envoi(), monde.envoi()
    refuser = asyncio.Event()

    async def refus_tardif(plis: Sequence[Pli], stop: asyncio.Event) -> list[Sort]:
        await refuser.wait()
        return [Sort.REFUSE] * len(plis)

    lent.postier.poster = refus_tardif  # type: ignore[method-assign]
    perdu = asyncio.create_task(lent.tour(asyncio.Event()))
    await monde.jusqua_en_base("select 1 from message where reservation is not null")
    monde.horloge.avancer(timedelta(minutes=4))

    async def apres_le_refus(plis: Sequence[Pli], stop: asyncio.Event) -> list[Sort]:
        refuser.set()
        await perdu
        return await Postier.poster(rapide.postier, plis, stop)

    rapide.postier.poster = apres_le_refus  # type: ignore[method-assign]
    assert await rapide.tour(asyncio.Event()) == 1
    for envoi in (lent, rapide):
        await envoi.postier.fermer()
    assert await etats(monde) == {"envoye": 1}
    assert [event["type"] for event in await monde.fil("notifications")] == ["message.envoye.v1"]


async def test_deux_reservations_en_meme_temps_n_ont_rien_de_commun(monde: Monde) -> None:
    """The second does not wait for the first to commit, and takes what the first left."""
    for rang in range(6):
        await monde.deposer(f"Wagner{rang}")
    await monde.consommer()
    engine, maintenant, bail = monde.notifications.database.engine, monde.horloge(), timedelta(minutes=3)
    async with engine.begin() as une, engine.begin() as autre, asyncio.timeout(5):
        premiers = await messages.reserver(une, uuid4(), 4, maintenant, bail)
        seconds = await messages.reserver(autre, uuid4(), 4, maintenant, bail)
    assert (len(premiers), len(seconds)) == (4, 2)
    assert not {message.id for message in premiers} & {message.id for message in seconds}


async def test_rien_de_personnel_dans_les_tables_ni_les_traces(monde: Monde, capfd: pytest.CaptureFixture[str]) -> None:
    """Planted names, addresses and numbers: in the mailbox, nowhere in the database nor in what the process wrote."""
    plante = ("Zyxwagner", "ruelle-plantée", "zyxwagner@exemple.fr")
    demande = await monde.deposer("Zyxwagner", voie="ruelle-plantée")
    autre = await monde.deposer("Zyxrefuse", voie="ruelle-plantée")
    monde.boite.refus["zyxrefuse@exemple.fr"] = "550 zyxrefuse@exemple.fr inconnu"
    await monde.consommer()
    await monde.envoyer()
    async with monde.client() as client:
        (lettre,) = await monde.lignes("select id from message where canal = 'lettre'")
        assert (await client.get(f"/v1/messages/{lettre.id}/lettre")).status_code == 200
    numeros = await monde.numeros(demande, autre)
    contenu = "\n".join(await monde.tout())
    ecrit = "".join(capfd.readouterr())
    assert "Zyxwagner" in monde.boite.mails()[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert str(demande) in contenu
    for fait in (*plante, "Zyxrefuse", "zyxrefuse@exemple.fr", *numeros):
        for forme in (fait, json.dumps(fait)[1:-1], fait.encode().hex(), fait.lower()):
            assert forme not in contenu, fait
            assert forme not in ecrit, fait


async def expediteur(monde: Monde, tmp_path: Path, lot: str = "100") -> asyncio.subprocess.Process:
    """A sender in a process of its own, until nothing is due."""
    variables = {
        f"LOGIS_{nom.upper()}": str(valeur.get_secret_value() if hasattr(valeur, "get_secret_value") else valeur)
        for nom, valeur in monde.settings.model_dump(exclude_none=True).items()
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.notifications.integration.expediteur", lot), env=os.environ | variables
    )


async def test_verify_lit_les_preuves_et_trouve_une_faute_plantee(monde: Monde) -> None:
    await monde.deposer("Wagner")
    await monde.deposer("Muller")
    monde.boite.refus[JEANNE] = "550 boite inconnue"
    await monde.consommer()
    await monde.envoyer()
    preuves, _ = await verifier(monde.notifications, monde.assembly.store)
    assert (preuves.examines, preuves.ecarts) == (2, ())
    async with monde.notifications.database.engine.begin() as connection:
        await monde.sur(connection, "update message set empreinte = repeat('0', 64) where etat = 'envoye'")
        await monde.sur(connection, "update message set etat = 'envoye', empreinte = 'x' where etat = 'a_imprimer'")
    preuves, _ = await verifier(monde.notifications, monde.assembly.store)
    assert len(preuves.ecarts) == 2
