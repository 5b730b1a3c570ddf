"""A region with real things in it: for each operation, requests that succeed, and identifiers of what is there."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import requests

from benchmarks.region import Region
from tests.flux.integration.conftest import fichier_rpls, logement_rpls, termes
from tests.region import region_et_courriel

GESTIONNAIRE = ("gestionnaire-alsace", "gestionnaire")
BAILLEUR = ("trois-rivieres-habitat", "bailleur")
RPLS = [f"67110010{rang:02}" for rang in range(40)]
SIREN = "999000110"
_SERVICES = ("demande", "cotation", "flux", "notifications")


@dataclass(frozen=True, slots=True)
class Amorce:
    """A request that succeeds once. etag: where to read the version that it changes; encore: it succeeds every time."""

    chemin: Mapping[str, str] = field(default_factory=dict)
    corps: Any = None
    requete: Mapping[str, Any] = field(default_factory=dict)
    etag: str | None = None
    encore: bool = True


@dataclass
class Semis:
    """The region, what was sown in it, and which statuses each operation answered."""

    region: Region
    clients: dict[tuple[str, str], httpx.Client] = field(default_factory=dict)
    amorces: dict[str, list[Amorce]] = field(default_factory=lambda: defaultdict(list))
    connus: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    session: requests.Session = field(default_factory=requests.Session)
    cles: Iterator[int] = field(default_factory=count)
    statuts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def client(self, qui: tuple[str, str] = BAILLEUR) -> httpx.Client:
        """The client of an organisation in a role."""
        if qui not in self.clients:
            jeton = self.region.token(*qui)
            self.clients[qui] = httpx.Client(
                base_url=self.region.url, headers={"Authorization": f"Bearer {jeton}"}, timeout=60
            )
        return self.clients[qui]

    def jeton(self, qui: tuple[str, str]) -> str:
        return str(self.client(qui).headers["Authorization"])

    def cle(self) -> str:
        """A new Idempotency-Key."""
        return f"essai-{next(self.cles):06}"

    def poster(self, chemin: str, corps: Any, qui: tuple[str, str] = BAILLEUR, **entetes: str) -> httpx.Response:
        reponse = self.client(qui).post(chemin, json=corps, headers={"Idempotency-Key": self.cle(), **entetes})
        assert reponse.is_success, f"{chemin} : {reponse.status_code} {reponse.text[:600]}"
        return reponse

    def lire(self, chemin: str, qui: tuple[str, str] = GESTIONNAIRE) -> httpx.Response:
        return self.client(qui).get(chemin)

    def attendre(self, chemin: str, champ: str | None = None) -> Any:
        """What a reading gives, once it is there (and, in a list, once it is not empty)."""
        limite = time.monotonic() + 90
        while time.monotonic() < limite:
            lu = self.lire(chemin)
            if lu.is_success and (champ is None or lu.json()[champ]):
                return lu.json()
            time.sleep(0.1)
        raise AssertionError(f"{chemin} : {lu.status_code} {lu.text[:300]}")


@contextmanager
def region_semee(dossier: Path) -> Iterator[Semis]:
    """Bring a region up, and sow it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("LOGIS_WEBHOOK_LOOPBACK", "true")
        with region_et_courriel(dossier / "region", monkeypatch) as (region, _):
            semis = Semis(region)
            try:
                _semer(semis)
                yield semis
            finally:
                for client in semis.clients.values():
                    client.close()


def _semer(semis: Semis) -> None:
    semer_le_parc(semis)
    semer_les_demandes(semis)
    semer_les_attributions(semis)
    semer_les_lectures(semis)
    semer_les_notifications(semis)


def semer_le_parc(semis: Semis) -> None:
    """A park, conventions in each of their states, releases not oriented yet."""
    fichier = fichier_rpls([logement_rpls(rpls) for rpls in RPLS])
    semis.amorces["charger_un_parc"].append(Amorce(corps=fichier))
    reponse = semis.client().post(
        "/flux/v1/logements/transmissions", content=fichier, headers={"Content-Type": "text/csv"}
    )
    assert reponse.json()["inscrits"] == len(RPLS), reponse.text
    semis.connus["rpls"] += RPLS
    _conventionner(semis)
    for rang in range(3):
        liberee = _liberer(semis, RPLS[rang])
        semis.amorces["orienter_une_liberation"].append(Amorce({"liberation": liberee}, {}, encore=False))
        semis.amorces["suggerer_une_orientation"].append(Amorce({"liberation": liberee}))
    for rang in range(3, 5):
        liberee = _liberer(semis, RPLS[rang])
        semis.amorces["qualifier_une_liberation"].append(
            Amorce({"liberation": liberee}, {"soustraction": None}, etag=f"/flux/v1/liberations/{liberee}")
        )
    semis.amorces["liberer_un_logement"] += [Amorce(corps=annonce(rpls)) for rpls in (RPLS[5], RPLS[6], RPLS[0])]


def _conventionner(semis: Semis) -> None:
    for reservataire, part in (("etat-67", "25"), ("etat-agents-67", "5"), ("action-logement", "10")):
        autres = {"contrepartie": "FINANCEMENT"} if reservataire == "action-logement" else {}
        _signer(semis, _termes(reservataire, part, **autres))
    le = aujourd_hui().isoformat()
    modifiee = _termes("eurometropole", "2", contrepartie="FINANCEMENT")
    semis.amorces["avenanter_une_convention"].append(
        _sur_convention(_signer(semis, modifiee), {"le": le, "termes": modifiee})
    )
    finie = _signer(semis, _termes("strasbourg", "2", contrepartie="FINANCEMENT"))
    semis.amorces["resilier_une_convention"].append(_sur_convention(finie, {"le": le, "motif": "accord des parties"}))
    prete = semis.poster(
        "/flux/v1/conventions", _termes("schiltigheim", "1", communes=["67447"], contrepartie="FINANCEMENT")
    )
    semis.connus["convention"].append(prete.json()["convention"])
    semis.amorces["signer_une_convention"].append(_sur_convention(prete.json()["convention"], {"le": "2025-11-12"}))
    semis.amorces["preparer_une_convention"].append(Amorce(corps=_termes("etat-67", "3", numero="essai-p")))


def _termes(reservataire: str, part: str, **autres: Any) -> dict[str, Any]:
    return termes(reservataire, part, **({"communes": ["67482"]} | autres))


def _sur_convention(convention: str, corps: Any) -> Amorce:
    return Amorce({"convention": convention}, corps, etag=f"/flux/v1/conventions/{convention}", encore=False)


def _signer(semis: Semis, corps: dict[str, Any]) -> str:
    prete = semis.poster("/flux/v1/conventions", corps)
    convention: str = prete.json()["convention"]
    semis.connus["convention"].append(convention)
    semis.poster(
        f"/flux/v1/conventions/{convention}/signature", {"le": "2025-11-12"}, **{"If-Match": prete.headers["ETag"]}
    )
    return convention


def aujourd_hui() -> date:
    """The day of the region: its clock is the machine's."""
    return datetime.now(ZoneInfo("Europe/Paris")).date()


def annonce(rpls: str, occurrence: int = 1) -> dict[str, Any]:
    """A release of today."""
    jour = aujourd_hui().isoformat()
    return {"bailleur": SIREN, "rpls": rpls, "occurrence": occurrence, "origine": "PREAVIS", "libere_le": jour,
            "disponible_le": jour}  # fmt: skip


def _liberer(semis: Semis, rpls: str) -> str:
    liberation: str = semis.poster("/flux/v1/liberations", annonce(rpls)).json()["liberation"]
    semis.connus["liberation"].append(liberation)
    return liberation


def depot(rang: int, **personne: Any) -> dict[str, Any]:
    """A complete demande for Strasbourg."""
    demandeur = {
        "role": "demandeur", "nom": f"Essai{rang}", "prenom": "Camille", "naissance": "1990-02-03",
        "adresse": {"numero": "3", "voie": "rue des Tilleuls", "code_postal": "67000", "commune": "67482"},
        "revenus": [{"annee": aujourd_hui().year - 2, "montant": 12_000}], "recues": [{"nature": "SAL", "montant": 1_500}],
    }  # fmt: skip
    return {
        "deposee_le": "2025-03-14",
        "guichet": "G6702",
        "recherche": {"typologies": ["T3"], "lieux": [{"commune": "67482"}]},
        "dossier": {"motifs": ["01"], "logement": {"modeles": ["LP"], "loyer": 600}},
        "personnes": {"p1": demandeur | personne, "p2": {"role": "a_charge", "naissance": "2018-05-06"}},
    }


def semer_les_demandes(semis: Semis) -> None:
    """Sixteen demandes, scored."""
    for rang in range(16):
        deposee = semis.poster("/demande/v1/demandes", depot(rang), GESTIONNAIRE).json()
        semis.connus["demande"].append(deposee["demande"])
    semis.amorces["deposer_une_demande"].append(Amorce(corps=depot(99)))
    premiere, derniere = semis.connus["demande"][0], semis.connus["demande"][-1]
    motifs = {"dossier": {"motifs": ["13"], "logement": {"modeles": ["LP"], "loyer": 600}}}
    semis.amorces["modifier_une_demande"].append(
        Amorce({"demande_id": premiere}, motifs, etag=f"/demande/v1/demandes/{premiere}")
    )
    semis.amorces["renouveler_une_demande"].append(
        Amorce({"demande_id": premiere}, {"canal": "en-ligne"} | motifs, etag=f"/demande/v1/demandes/{premiere}")
    )
    for demande in semis.connus["demande"]:
        semis.attendre(f"/cotation/v1/cotations/{demande}")
    _changer(semis, derniere)
    semis.amorces["expliquer_un_changement"].append(Amorce({"demande_id": derniere}))
    semis.amorces["expliquer_une_cotation"].append(Amorce({"demande_id": derniere}, requete={"lieu": "67482"}))
    lues = {"finalite": "essai", "demandes": [premiere, derniere]}
    semis.amorces["lire_des_destinataires"].append(Amorce(corps=lues))
    versions = [{"demande_id": une, "version": 1} for une in lues["demandes"]]
    semis.amorces["lire_des_situations"].append(Amorce(corps=lues | {"demandes": versions, "le": "2027-02-28"}))


def _changer(semis: Semis, demande: str) -> None:
    """A change of a fact that the grid counts, and the score that follows."""
    lien = f"/demande/v1/demandes/{demande}"
    corps = {"dossier": {"motifs": ["11"], "logement": {"modeles": ["HOT"], "loyer": 600}}}
    entetes = {"If-Match": semis.lire(lien).headers["ETag"]}
    reponse = semis.client(GESTIONNAIRE).patch(f"{lien}/sections", json=corps, headers=entetes)
    assert reponse.is_success, reponse.text
    semis.attendre(f"/cotation/v1/cotations/{demande}/changements")


def semer_les_attributions(semis: Semis) -> None:
    """Dwellings at each step, from put at disposal to an offer accepted; one candidate each, as there are too few."""
    candidats = iter(semis.connus["demande"])
    mises = [_orienter(semis, rpls) for rpls in RPLS[10:22]]
    semis.connus["mise"] += mises
    for mise in mises:
        semis.attendre(f"/demande/v1/mises-a-disposition/{mise}")
    suite = iter(mises)
    for _ in range(2):
        mise = next(suite)
        semis.amorces["rechercher_des_candidats"].append(Amorce(corps={"mise_a_disposition": mise, "limite": 10}))
        semis.amorces["designer_des_candidats"].append(
            Amorce({"mise": mise}, designation(semis, mise, next(candidats)), encore=False)
        )
    for _ in range(2):
        semis.amorces["rendre_une_mise_a_disposition"].append(
            Amorce({"mise_a_disposition": next(suite)}, {"motif": "SANS_CANDIDAT"}, encore=False)
        )
    for _ in range(2):
        mise, demande = next(suite), next(candidats)
        _designer(semis, mise, demande)
        semis.amorces["decider_en_commission"].append(Amorce({"mise": mise}, seance(demande), encore=False))
    _offrir(semis, [(next(suite), next(candidats)) for _ in range(5)])


def _offrir(semis: Semis, paires: list[tuple[str, str]]) -> None:
    """An offer to accept, one to refuse, one refused whose suitability is to be told, two accepted, to sign."""
    offres = [_proposer(semis, mise, demande) for mise, demande in paires]
    semis.connus["proposition"] += offres
    semis.amorces["accepter_une_proposition"].append(Amorce({"proposition": offres[0]}, {}, encore=False))
    semis.amorces["refuser_une_proposition"].append(
        Amorce({"proposition": offres[1]}, {"motif": "TAILLE"}, encore=False)
    )
    semis.poster(f"/demande/v1/propositions/{offres[2]}/refus", {"motif": "TAILLE"})
    semis.amorces["apprecier_une_proposition"].append(Amorce({"proposition": offres[2]}, {"adaptee": True}))
    for rang in (3, 4):
        semis.poster(f"/demande/v1/propositions/{offres[rang]}/acceptation", {})
        bail = {"signe_le": aujourd_hui().isoformat(), "bailleur_siren": SIREN, "deja_locataire": False,
                "accord_collectif": "AUCUN", "dalo": False, "prioritaire": False}  # fmt: skip
        semis.amorces["enregistrer_un_bail"].append(Amorce({"mise": paires[rang][0]}, bail, encore=False))


def _orienter(semis: Semis, rpls: str) -> str:
    liberation = _liberer(semis, rpls)
    orientee = semis.poster(f"/flux/v1/liberations/{liberation}/orientation", {}).json()
    return str(orientee["mise_a_disposition"])


def designation(semis: Semis, mise: str, demande: str) -> dict[str, Any]:
    """The only candidate, ranked for the dwelling beforehand."""
    offert = semis.lire(f"/demande/v1/mises-a-disposition/{mise}").json()
    logement = {cle: offert[cle] for cle in ("commune", "quartier", "typologie") if offert[cle]}
    a_classer = {"mise_a_disposition": mise, "logement": logement, "demandes": [demande]}
    classement = semis.poster("/cotation/v1/classements", a_classer).json()["classement"]
    if not semis.amorces["lire_un_classement"]:
        semis.amorces["arreter_un_classement"].append(Amorce(corps=a_classer))
        semis.amorces["lire_un_classement"].append(Amorce({"classement": classement}))
    return {"demandes": [demande], "classement": classement, "moins_de_trois": "INSUFFISANCE_DE_CANDIDATS"}


def seance(demande: str) -> dict[str, Any]:
    decisions = [{"demande": demande, "decision": "ATTR_RANG", "rang": 1}]
    return {"seance_le": aujourd_hui().isoformat(), "decisions": decisions}


def _designer(semis: Semis, mise: str, demande: str) -> None:
    semis.poster(f"/demande/v1/mises-a-disposition/{mise}/designations", designation(semis, mise, demande))


def _proposer(semis: Semis, mise: str, demande: str) -> str:
    _designer(semis, mise, demande)
    tenue = semis.poster(f"/demande/v1/mises-a-disposition/{mise}/decisions", seance(demande)).json()
    return str(tenue["candidats"][0]["proposition"])


def semer_les_lectures(semis: Semis) -> None:
    """Every reading has something to read."""
    semis.connus["compte"] += [un["compte"] for un in semis.attendre("/flux/v1/comptes", "elements")["elements"]]
    notes = semis.attendre(f"/cotation/v1/cotations/{semis.connus['demande'][0]}")["notes"]
    lectures = {
        "lire_une_distribution": {"classe": notes[0]["positions"][0]["classe"]},
        "lire_une_demande": {"demande_id": semis.connus["demande"][0]},
        "lire_les_cotations": {"demande_id": semis.connus["demande"][0]},
        "lire_une_preference": {"demande_id": semis.connus["demande"][0]},
        "lire_une_attribution": {"mise": semis.connus["mise"][0]},
        "lire_une_mise_a_disposition": {"mise_a_disposition": semis.connus["mise"][0]},
        "lire_une_convention": {"convention": semis.connus["convention"][0]},
        "lire_une_liberation": {"liberation": semis.connus["liberation"][0]},
        "lire_un_logement": {"rpls": RPLS[0]},
        "lire_les_ecritures": {"compte": semis.connus["compte"][0]},
    }
    for operation, chemin in lectures.items():
        semis.amorces[operation].append(Amorce(chemin))
    for operation in ("lire_evenements", "lister_les_logements", "lister_les_conventions", "lister_les_liberations",
                      "lister_les_mises_a_disposition", "lister_les_comptes", "lire_le_suivi", "lister_les_messages",
                      "lister_les_abonnements"):  # fmt: skip
        semis.amorces[operation].append(Amorce())
    semis.amorces["donner_une_preference"].append(
        Amorce({"demande_id": semis.connus["demande"][1]}, {"courriel_et_courrier": True})
    )


def semer_les_notifications(semis: Semis) -> None:
    """Subscriptions to change, a delivery that failed, a letter printed and to be posted."""
    ouverts = [_abonner(semis, rang) for rang in range(4)]
    semis.connus["abonnement_id"] += ouverts
    demande = {"url": "http://127.0.0.1:9/essai", "types": ["*"], "description": "essai"}
    semis.amorces["ouvrir_un_abonnement"].append(Amorce(corps=demande))
    semis.amorces["lire_un_abonnement"].append(Amorce({"abonnement_id": ouverts[0]}))
    semis.amorces["lister_les_livraisons"].append(Amorce(requete={"abonnement": ouverts[0]}))
    for operation, rang in (("fermer_un_abonnement", 1), ("reactiver_un_abonnement", 2), ("renouveler_un_secret", 0)):
        lien = f"/notifications/v1/abonnements/{ouverts[rang]}"
        semis.amorces[operation].append(Amorce({"abonnement_id": ouverts[rang]}, etag=lien, encore=False))
    semis.amorces["essayer_un_abonnement"].append(Amorce({"abonnement_id": ouverts[3]}))
    depuis = {"depuis": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
    semis.amorces["relancer_un_abonnement"].append(Amorce({"abonnement_id": ouverts[3]}, depuis))
    livraison = _livraison_echouee(semis)
    semis.connus["livraison_id"].append(livraison)
    semis.amorces["lire_une_livraison"].append(Amorce({"livraison_id": livraison}))
    semis.amorces["relancer_une_livraison"].append(Amorce({"livraison_id": livraison}, encore=False))
    _lettres(semis)


def _livraison_echouee(semis: Semis) -> str:
    """A delivery given up at once: its receiver says that it is gone; then the subscription is active again."""
    with receveur_parti() as url:
        abonnement = _abonner(semis, 9, url)
        lien = f"/notifications/v1/abonnements/{abonnement}"
        livraison = semis.poster(f"{lien}/essai", {}, GESTIONNAIRE).json()["livraison"]
        semis.attendre(f"/notifications/v1/livraisons?abonnement={abonnement}&etat=echouee", "elements")
    version = semis.lire(lien).headers["ETag"]
    semis.poster(f"{lien}/reactivation", None, GESTIONNAIRE, **{"If-Match": version})
    return str(livraison)


@contextmanager
def receveur_parti() -> Iterator[str]:
    """A receiver that answers 410; its address."""

    class Parti(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(410)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Parti)
    fil = threading.Thread(target=serveur.serve_forever)
    fil.start()
    try:
        yield f"http://127.0.0.1:{serveur.server_port}/essai"
    finally:
        serveur.shutdown()
        fil.join()
        serveur.server_close()


def _abonner(semis: Semis, rang: int, url: str = "http://127.0.0.1:9/essai") -> str:
    corps = {"url": f"{url}/{rang}", "types": ["logement.oriente.v1"], "description": "essai"}
    return str(semis.poster("/notifications/v1/abonnements", corps, GESTIONNAIRE).json()["abonnement"])


def _lettres(semis: Semis) -> None:
    """Nobody gave an e-mail address: the attestations are letters to print."""
    lien = "/notifications/v1/messages"
    messages = [un["message"] for un in semis.attendre(f"{lien}?etat=a_imprimer", "elements")["elements"]]
    semis.connus["message_id"] += messages
    semis.amorces["lire_un_message"].append(Amorce({"message_id": messages[0]}))
    semis.amorces["tirer_une_lettre"].append(Amorce({"message_id": messages[0]}))
    tiree = semis.lire(f"{lien}/{messages[0]}/lettre")
    depose = {"depose_a": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", "empreinte": tiree.headers["Logis-Empreinte"]}
    semis.amorces["declarer_un_depot"].append(Amorce({"message_id": messages[0]}, depose, encore=False))
