"""`python -m demo.receveur`: a landlord's receiver of webhooks. Each call is verified, told, answered; a repeat counts once."""

import base64
import contextlib
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TextIO
from urllib.parse import urlsplit

import msgspec
import typer
import uvicorn
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.enveloppe import RawCloudEvent

_EVENEMENT = msgspec.json.Decoder(RawCloudEvent)
_ASYMETRIQUE = "v1a,"


@dataclass(frozen=True, slots=True)
class Cles:
    """What verifies the calls of a subscription. secret: `whsec_…`, shared; publique: `whpk_…`, as its answer gives them."""

    secret: str
    publique: str | None = None

    def verifier(self, entetes: Mapping[str, str], corps: bytes) -> None:
        """Both signatures, and the age of the call. entetes: in lower case. Raises WebhookVerificationError, InvalidSignature.

        Source: Standard Webhooks 1.0, "Verifying signatures".
        """
        Webhook(self.secret).verify(corps, dict(entetes))
        if self.publique is not None:
            signe = f"{entetes['webhook-id']}.{entetes['webhook-timestamp']}.".encode() + corps
            cle = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.publique.removeprefix("whpk_")))
            cle.verify(_signature_asymetrique(entetes["webhook-signature"]), signe)


class Ouvert(msgspec.Struct, frozen=True):
    """What the opening of a subscription answers, as far as a receiver needs it."""

    url: str
    secret: str
    cle_publique: str


@dataclass
class Receveur:
    """Verifies each call with the keys of its path. a_chaque: called with each event taken for the first time.

    verifies: events taken, by type; doublons: calls answered again; refuses: calls whose signature is not good.
    """

    cles: dict[str, Cles] = field(default_factory=dict)
    a_chaque: Callable[[RawCloudEvent], object] = lambda _: None
    verifies: Counter[str] = field(default_factory=Counter)
    doublons: int = 0
    refuses: int = 0
    _vus: set[str] = field(default_factory=set)

    @property
    def application(self) -> Starlette:
        """The receiver, to be served."""
        return Starlette(routes=[Route("/{chemin:path}", self.recevoir, methods=["POST"])])

    async def recevoir(self, request: Request) -> Response:
        """One call: 204 when it is taken, or was already; 401 when nothing proves that Logis sent it."""
        corps = await request.body()
        entetes = {nom.lower(): valeur for nom, valeur in request.headers.items()}
        try:
            self.cles[request.url.path].verifier(entetes, corps)
        except (KeyError, ValueError, WebhookVerificationError, InvalidSignature):
            self.refuses += 1
            return Response(status_code=401)
        if entetes["webhook-id"] in self._vus:
            self.doublons += 1
            return Response(status_code=204)
        self._vus.add(entetes["webhook-id"])
        evenement = _EVENEMENT.decode(corps)
        self.verifies[evenement.type] += 1
        self.a_chaque(evenement)
        return Response(status_code=204)


@contextlib.contextmanager
def servir(receveur: Receveur) -> Iterator[str]:
    """Serve a receiver in a thread of its own, on a free port of this machine. Gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as ecoute:
        serveur = uvicorn.Server(uvicorn.Config(receveur.application, log_config=None, lifespan="off"))
        fil = threading.Thread(target=serveur.run, kwargs={"sockets": [ecoute]}, name="receveur", daemon=True)
        fil.start()
        try:
            yield f"http://127.0.0.1:{ecoute.getsockname()[1]}"
        finally:
            serveur.should_exit = True
            fil.join()


def main(
    *,
    abonnement: Annotated[
        Path, typer.Option(help="La réponse reçue à l'ouverture de l'abonnement, en JSON.", exists=True, dir_okay=False)
    ],
    port: Annotated[int, typer.Option(help="Port d'écoute, sur cette machine.")] = 8800,
) -> None:
    """Recevoir les appels d'un abonnement, vérifier leur signature et les dire, jusqu'à Ctrl-C."""
    ouvert = msgspec.json.decode(abonnement.read_bytes(), type=Ouvert)
    chemin = urlsplit(ouvert.url).path
    receveur = Receveur(
        {chemin: Cles(ouvert.secret, ouvert.cle_publique)}, a_chaque=lambda evenement: _dire(evenement, sys.stdout)
    )
    _ecrire(f"J'écoute sur http://127.0.0.1:{port}{chemin}", sys.stdout)
    uvicorn.run(receveur.application, host="127.0.0.1", port=port, log_level="warning", lifespan="off")


def _dire(evenement: RawCloudEvent, sortie: TextIO) -> None:
    heure = time.strftime("%H:%M:%S")
    donnees = bytes(evenement.data).decode()
    _ecrire(f"{heure}  signature vérifiée  {evenement.type}  {evenement.subject}\n  {donnees}", sortie)


def _ecrire(ligne: str, sortie: TextIO) -> None:
    sortie.write(ligne + "\n")
    sortie.flush()


def _signature_asymetrique(signatures: str) -> bytes:
    """The Ed25519 signature among those of the header. Raises ValueError when there is none."""
    for signature in signatures.split():
        if signature.startswith(_ASYMETRIQUE):
            return base64.b64decode(signature.removeprefix(_ASYMETRIQUE))
    raise ValueError("Aucune signature Ed25519 dans cet appel.")


if __name__ == "__main__":
    typer.run(main)
