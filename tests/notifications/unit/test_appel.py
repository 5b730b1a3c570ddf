"""Which addresses may be called, and what an answer means."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.adapters.appel import Appelant, Interdite, forme, resoudre
from services.notifications.domain.abonnement import Panne, concerne, reponse


def resolu(monkeypatch: pytest.MonkeyPatch, *adresses: str) -> None:
    """The resolver answers these addresses, whatever the name."""

    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in adresses
        ]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", lambda *a, **k: getaddrinfo())


@pytest.mark.parametrize(
    "adresse",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1",
        "2001:0:1::1",
    ],
)  # fmt: skip
async def test_une_adresse_privee_locale_ou_reservee_est_refusee(adresse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolu(monkeypatch, adresse)
    with pytest.raises(Interdite):
        await resoudre("https://si.bailleur.example/", bouclage=False)


@pytest.mark.parametrize("adresse", ["93.184.216.34", "2606:2800:220:1::1"])
async def test_une_adresse_publique_est_appelee_telle_que_verifiee(
    adresse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolu(monkeypatch, adresse)
    cible = await resoudre("https://si.bailleur.example:8443/logis?x=1", bouclage=False)
    hote = f"[{adresse}]" if ":" in adresse else adresse
    assert cible.lien == f"https://{hote}:8443/logis?x=1"


async def test_une_seule_adresse_privee_parmi_d_autres_suffit_a_refuser(monkeypatch: pytest.MonkeyPatch) -> None:
    resolu(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(Interdite):
        await resoudre("https://si.bailleur.example/", bouclage=False)


async def test_le_nom_est_resolu_a_chaque_appel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that was public when the subscription was opened, and is private now, is not called."""
    resolu(monkeypatch, "10.0.0.1")
    appelant = Appelant(bouclage=False)
    try:
        assert (await appelant.appeler("https://si.bailleur.example/", {}, b"{}")).panne is Panne.ADRESSE
    finally:
        await appelant.fermer()


@pytest.mark.parametrize(
    "url",
    [
        "http://si.bailleur.example/", "ftp://si.bailleur.example/", "https:///logis", "https://u:p@si.example/",
        "https://si.example/#fragment", "https://si.example/a b", "https://si.example/\n", "https://é.example/",
        "https://si.example:99999/", "//si.example/", "javascript:alert(1)", "https://" + "a" * 1_000,
    ],
)  # fmt: skip
def test_une_adresse_mal_formee_est_refusee(url: str) -> None:
    with pytest.raises(Interdite):
        forme(url, bouclage=False)


async def test_http_n_est_permis_que_vers_cette_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await resoudre("http://127.0.0.1:8080/", bouclage=True)).lien == "http://127.0.0.1:8080/"
    resolu(monkeypatch, "93.184.216.34")
    with pytest.raises(Interdite):
        await resoudre("http://si.bailleur.example/", bouclage=True)


@pytest.mark.parametrize(
    ("statut", "bonne", "depart", "panne"),
    [
        (200, True, False, None),
        (204, True, False, None),
        (302, False, False, Panne.REDIRECTION),
        (400, False, False, Panne.STATUT),
        (410, False, True, Panne.STATUT),
        (503, False, False, Panne.STATUT),
    ],
)
def test_ce_qu_une_reponse_veut_dire(statut: int, bonne: bool, depart: bool, panne: Panne | None) -> None:
    lue = reponse(statut, None)
    assert (lue.est_bonne, lue.est_un_depart, lue.panne) == (bonne, depart, panne)


@pytest.mark.parametrize(
    ("donne", "attente"),
    [("120", 120), ("999999999", 86_400), ("-5", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("²", 0), (None, 0)],
)
def test_l_attente_demandee_est_bornee_a_un_jour(donne: str | None, attente: int) -> None:
    assert reponse(503, donne).attente_demandee() == timedelta(seconds=attente)


def test_seul_un_evenement_qui_nomme_l_abonne_lui_est_livre() -> None:
    assert concerne(["*"], "trois-rivieres-habitat", "flux.impute.v1", "piemont-logis trois-rivieres-habitat")
    assert not concerne(["*"], "trois-rivieres-habitat", "flux.impute.v1", "piemont-logis")
    assert not concerne(["*"], "trois-rivieres", "flux.impute.v1", "trois-rivieres-habitat")
    assert not concerne(["logement.libere.v1"], "piemont-logis", "flux.impute.v1", "piemont-logis")
    assert not concerne(["*"], "piemont-logis", "demande.enregistree.v1", "")
