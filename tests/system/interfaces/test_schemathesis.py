"""Every operation of the four services, against what its interface promises: no 5xx, no undocumented status, bodies that conform.

Setting: a running region (`logis up`), sown; cases drawn by Schemathesis from the committed interfaces, valid and not, sent
with the token of a role that may do the operation, now and then of one that may not. A refusal by a rule is an answer that the
operation declares, as any other; nothing else is left out.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.system.interfaces.essai import INTERFACES, SERVICES, appelant, depuis, envoyer, identifiant, situer, tirage
from tests.system.interfaces.exemples import garder
from tests.system.interfaces.semis import Semis

_STOPPED = (401, 403, 404)
_ENOUGH = 10  # below, this process of the tests sent what another one's fixtures prepared, or nothing
OPERATIONS = [
    (service, operation.ok()) for service in SERVICES for operation in INTERFACES[service].get_all_operations()
]


@pytest.mark.parametrize(
    ("service", "operation"), OPERATIONS, ids=[f"{service} {operation.label}" for service, operation in OPERATIONS]
)
def test_every_operation_succeeds(service: str, operation: Any, semis: Semis) -> None:
    """On things that are there, each operation does what it is for, and its answer is what its interface says."""
    nom = operation.definition.raw["operationId"]
    assert semis.amorces[nom], "no request is prepared for this operation"
    amorce = semis.amorces[nom][0]
    case = depuis(operation, amorce, semis)
    reponse = envoyer(case, semis, service, appelant(service, nom))
    assert 200 <= reponse.status_code < 300, reponse.text
    garder(service, operation, case, reponse)
    if not amorce.encore:
        semis.amorces[nom].pop(0)


def _essai(service: str, exemples: int) -> Callable[..., None]:
    def test(case: Any, semis: Semis) -> None:
        rang = tirage(case)
        situer(case, semis, rang)
        envoyer(case, semis, service, appelant(service, identifiant(case), rang))

    drawn = settings(max_examples=exemples, phases=(Phase.explicit, Phase.generate))(test)
    wrapped: Callable[..., None] = INTERFACES[service].parametrize()(drawn)
    return wrapped


test_cotation = _essai("cotation", 10)
test_demande = _essai("demande", 10)
test_flux = _essai("flux", 10)
test_notifications = _essai("notifications", 10)
test_long_cotation = pytest.mark.long(_essai("cotation", 200))
test_long_demande = pytest.mark.long(_essai("demande", 200))
test_long_flux = pytest.mark.long(_essai("flux", 200))
test_long_notifications = pytest.mark.long(_essai("notifications", 200))


def test_what_was_drawn_reaches_the_rules(semis: Semis, capsys: pytest.CaptureFixture[str]) -> None:
    """The tests above would all pass on 401 and 404 alone: what they were answered is told, and must go beyond."""
    with capsys.disabled():
        for operation, statuts in sorted(semis.statuts.items()):
            print(f"\n{operation:50} " + " ".join(f"{statut}:{n}" for statut, n in sorted(statuts.items())), end="")
    envoyees = {nom: sum(statuts.values()) for nom, statuts in semis.statuts.items()}
    arretees = {nom: sum(statuts[s] for s in _STOPPED if s in statuts) for nom, statuts in semis.statuts.items()}
    assert not [nom for nom, n in arretees.items() if envoyees[nom] > _ENOUGH and n > envoyees[nom] * 3 / 4]
