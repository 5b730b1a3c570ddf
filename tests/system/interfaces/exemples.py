"""The examples of the interfaces: what was really sent and answered, kept when LOGIS_EXEMPLES=ecrire and one is missing.

A list is cut after its second element; what opens something (a secret) is replaced by a value that opens nothing.
"""

import json
import os
from typing import Any

from tests.system.interfaces.essai import ROOT

_MOST = 2
_SECRETS = {"secret": "whsec_Q2VjaSBuJ291dnJlIHJpZW4gOiB1biBleGVtcGxlLg=="}


def garder(service: str, operation: Any, case: Any, reponse: Any) -> None:
    """Keep the example of an operation, when it is asked and there is none yet."""
    if os.environ.get("LOGIS_EXEMPLES") != "ecrire":
        return
    fichier = ROOT / "services" / service / "exemples.json"
    connus = json.loads(fichier.read_text()) if fichier.exists() else {}
    exemple = {}
    if operation.definition.raw.get("requestBody"):
        exemple["requete"] = _montre(case.body)
    if "json" in reponse.headers.get("content-type", [""])[0]:
        exemple["reponse"] = _montre(reponse.json())
    if exemple:
        connus.setdefault(operation.definition.raw["operationId"], exemple)
        fichier.write_text(json.dumps(connus, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _montre(valeur: Any) -> Any:
    if isinstance(valeur, list):
        return [_montre(une) for une in valeur[:_MOST]]
    if isinstance(valeur, dict):
        return {nom: _SECRETS.get(nom) or _montre(une) for nom, une in valeur.items()}
    if isinstance(valeur, bytes):
        return "\n".join(valeur.decode("latin-1").splitlines()[: 1 + _MOST]) + "\n"
    return valeur
