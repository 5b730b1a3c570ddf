"""What is sent to an operation: what was generated, or that on things which are there; and the statuses answered."""

import copy
import os
import zlib
from pathlib import Path
from typing import Any

import msgspec
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from services.chassis.access.permissions import Extent, PermissionTable
from tests.system.interfaces.semis import BAILLEUR, GESTIONNAIRE, Amorce, Semis

ROOT = Path(__file__).parents[3]
SERVICES = ("cotation", "demande", "flux", "notifications")
# A rule refuses what a schema cannot tell (a date to come, a code, a cursor of another list); the refusal itself must be
# declared by the operation. An unknown query parameter is let go, as HTTP has it: bodies are where nothing may be lost.
_REFUSALS = [400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429]
_CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"allow-extra-parameters": False, "deterministic": bool(os.environ.get("CI"))},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", *_REFUSALS]},
            "negative_data_rejection": {"expected-statuses": _REFUSALS},
            "missing_required_header": {"expected-statuses": _REFUSALS},
        },
    }
)
INTERFACES = {
    nom: schemathesis.openapi.from_path(ROOT / "contracts" / "openapi" / f"{nom}.json", config=_CONFIG)
    for nom in SERVICES
}
_DROITS = {nom: PermissionTable.load(ROOT / "services" / nom / "permissions.csv") for nom in SERVICES}
_OTHERS = (
    ("eurometropole-strasbourg", "epci"),
    ("prefecture-67", "etat"),
    ("eurometropole-strasbourg", "reservataire"),
)
_AS_GENERATED = 4  # one component in this many is sent as it was generated: identifiers of nothing, bodies of no sense
_LONGEST_POLL_MS = 50
_OTHER_CALLERS = 10  # one request in this many comes from an organisation that has other rights


def appelant(service: str, operation: str, tirage: int = 0) -> tuple[str, str]:
    """Who sends: the manager where it may do everything, else the landlord; now and then, another."""
    if tirage % _OTHER_CALLERS == 1:
        return _OTHERS[tirage // _OTHER_CALLERS % len(_OTHERS)]
    du_gestionnaire = _DROITS[service].grant(operation, ["gestionnaire"])
    return GESTIONNAIRE if du_gestionnaire.propre is Extent.OUI else BAILLEUR


def service_de(case: Any) -> str:
    """The name of a case's service."""
    return next(nom for nom, schema in INTERFACES.items() if schema.raw_schema is case.operation.schema.raw_schema)


def identifiant(case: Any) -> str:
    """The name of a case's operation."""
    return str(case.operation.definition.raw["operationId"])


def situer(case: Any, semis: Semis, tirage: int) -> None:
    """Bring what was generated onto what is there, where it is meant to be valid; what is meant to be refused stays as it is."""
    amorces = semis.amorces[identifiant(case)]
    if not amorces:
        return
    amorce = amorces[tirage % len(amorces)]
    if _is_valid(case, ParameterLocation.PATH) and tirage % _AS_GENERATED:
        for nom in case.path_parameters or {}:
            case.path_parameters[nom] = amorce.chemin[nom]
    if _is_valid(case, ParameterLocation.HEADER):
        _entetes(case, semis, amorce)
    if tirage % _AS_GENERATED:
        (case.query or {}).pop("curseur", None)  # no list gives the cursors that are generated
    if str((case.query or {}).get("timeout")).isdecimal():
        case.query["timeout"] = min(int(case.query["timeout"]), _LONGEST_POLL_MS)
    if _is_valid(case, ParameterLocation.BODY) and isinstance(case.body, dict) and tirage // 4 % _AS_GENERATED:
        case.body = _greffe(amorce.corps, case.body, tirage)


def _is_valid(case: Any, ou: ParameterLocation) -> bool:
    """Whether a part of the request is meant to be accepted: all are, but for the one under test when the case says which."""
    tested = getattr(case.meta.phase.data, "parameter_location", None)
    component = case.meta.components.get(ou)
    if component is None:
        return False
    return component.mode is GenerationMode.POSITIVE or tested not in (None, ou)


def _entetes(case: Any, semis: Semis, amorce: Amorce) -> None:
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = semis.cle()
    if "Logis-Curseur" in case.headers:
        case.headers["Logis-Curseur"] = f"{service_de(case)}:1.1.1"
    if "If-Match" in case.headers and amorce.etag is not None:
        case.headers["If-Match"] = semis.lire(amorce.etag).headers["ETag"]


def _greffe(valable: Any, genere: dict[str, Any], tirage: int) -> Any:
    """A body that is valid but for one field, taken from what was generated, at some depth."""
    if not isinstance(valable, dict) or not genere:
        return genere
    corps = copy.deepcopy(valable)
    champ = sorted(genere)[tirage % len(genere)]
    if isinstance(corps.get(champ), dict) and isinstance(genere[champ], dict):
        corps[champ] = _greffe(corps[champ], genere[champ], tirage // 3)
    else:
        corps[champ] = genere[champ]
    return corps


def tirage(case: Any) -> int:
    """A number that depends on the case alone: the same case is always sent the same way."""
    said = [case.path_parameters, case.query, case.body if isinstance(case.body, (dict, list)) else str(case.body)]
    return zlib.crc32(msgspec.json.encode(said, enc_hook=str))


def depuis(operation: Any, amorce: Amorce, semis: Semis) -> Any:
    """The case of a request that was prepared."""
    entetes = {"Idempotency-Key": semis.cle()}
    if amorce.etag is not None:
        entetes["If-Match"] = semis.lire(amorce.etag).headers["ETag"]
    connus = {parametre.name for parametre in operation.headers}
    parts: dict[str, Any] = {} if amorce.corps is None else {"body": amorce.corps, "media_type": _media(operation)}
    return operation.Case(
        path_parameters=dict(amorce.chemin),
        query=dict(amorce.requete),
        headers={nom: valeur for nom, valeur in entetes.items() if nom in connus},
        **parts,
    )


def _media(operation: Any) -> str:
    return str(next(iter(operation.definition.raw["requestBody"]["content"])))


def envoyer(case: Any, semis: Semis, service: str, qui: tuple[str, str]) -> Any:
    """Send, and count the status answered."""
    entetes = {"Authorization": semis.jeton(qui)}
    reponse = case.call(base_url=f"{semis.region.url}/{service}", session=semis.session, headers=entetes)
    semis.statuts[f"{service}.{identifiant(case)}"][reponse.status_code] += 1
    case.validate_response(reponse, headers=entetes, transport_kwargs={"session": semis.session})
    return reponse
