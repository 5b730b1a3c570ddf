"""Inputs of a kind: a pydantic model read field by field, so that every fault comes out at once."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from services.flux.calculateur.affichage import dire
from services.flux.calculateur.fautes import (
    FAUTES_MAX,
    Chemin,
    EntreesRefusees,
    Faute,
    limiter,
    manquante,
    pointeur,
    proche,
    traduire,
)
from services.flux.domain.titulaires import BAILLEUR


class Controle(NamedTuple):
    """A check between fields: run when each of `champs` was read without fault (none: it looks at raw names)."""

    champs: tuple[str, ...]
    verifier: Callable[[Any], Iterator[Faute]]


class Bloc(BaseModel):
    """A nested object: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Entrees(BaseModel):
    """Inputs of one kind; `controles` lists its checks between fields."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    CONTROLES: ClassVar[tuple[Controle, ...]] = ()
    _brut: dict[str, Any] = PrivateAttr(default_factory=dict)

    def recevoir(self, brut: dict[str, Any]) -> Iterator[Faute]:
        """Read every field on its own, keep the raw input beside, and give the fault of each."""
        self._brut = brut
        for nom, champ in type(self).model_fields.items():
            if nom in brut:
                try:
                    self.__pydantic_validator__.validate_assignment(self, nom, brut[nom])
                except ValidationError as erreur:
                    yield from traduire(erreur)
            elif champ.is_required():
                yield manquante(pointeur((nom,)), nom)
        for nom in brut:
            if nom not in type(self).model_fields:
                message = f"Le champ « {nom} » n'existe pas ici."
                yield Faute(pointeur((nom,)), "champ-inconnu", message, proche(nom, type(self).model_fields))

    def noms(self, champ: str) -> dict[int | str, str]:
        """Names written in a field, by key or index, as they stand in the raw input; empty when it holds none."""
        brut = self._brut.get(champ)
        if isinstance(brut, dict):
            return {nom: nom for nom in brut}
        return {rang: nom for rang, nom in enumerate(brut) if isinstance(nom, str)} if isinstance(brut, list) else {}


E = TypeVar("E", bound=Entrees)


def lire(modele: type[E], brut: Any, fautes: list[Faute]) -> E:
    """The inputs of a kind. Raises EntreesRefusees with `fautes` (those of the form) and all those found here."""
    if not isinstance(brut, dict):
        faute = Faute("", "type-faux", "Il faut un objet JSON.", "Donnez un objet { … } avec les champs du schéma.")
        raise EntreesRefusees([*fautes, faute])
    lues = cast("E", modele.model_construct())
    toutes = limiter(chain(fautes, lues.recevoir(brut)))
    if len(toutes) <= FAUTES_MAX:
        malsains = {faute.pointeur.split("/")[1] for faute in toutes if faute.pointeur}
        sains = (controle for controle in modele.CONTROLES if malsains.isdisjoint(controle.champs))
        toutes = limiter(chain(toutes, *(controle.verifier(lues) for controle in sains)))
    if toutes:
        raise EntreesRefusees(toutes)
    return lues


def inconnus(entrees: Entrees, champ: str, reference: str, *, aussi: tuple[str, ...] = ()) -> Iterator[Faute]:
    """A fault for each name of `champ` that `reference` does not hold: read raw, a wrong value hides no name."""
    connus = dict.fromkeys([*entrees.noms(reference).values(), *aussi])
    if len(connus) > len(aussi):
        for pas, nom in entrees.noms(champ).items():
            if nom not in connus:
                message = f"« {nom} » n'est pas connu de {reference}."
                yield Faute(pointeur((champ, pas)), "titulaire-inconnu", message, proche(nom, connus))


def somme(champ: str, *, complete: bool) -> Controle:
    """Shares of `champ` sum to 100 % at most; when `complete`, exactly as soon as the landlord is listed."""

    def verifier(entrees: Any) -> Iterator[Faute]:
        return fautes_de_somme(getattr(entrees, champ), (champ,), complete=complete)

    return Controle((champ,), verifier)


def fautes_de_somme(parts: Mapping[str, Fraction], chemin: Chemin, *, complete: bool) -> Iterator[Faute]:
    """The fault of shares that do not sum as they should, if any."""
    total = 100 * sum(parts.values(), Fraction(0))
    dit = dire(total)
    if total > 100:
        message = f"Les parts font {dit} %."
        yield Faute(pointeur(chemin), "parts-plus-de-100", message, "Ramenez leur somme à 100 %.")
    elif complete and total < 100 and BAILLEUR in parts:
        message = f"Les parts font {dit} %, bailleur compris."
        remede = "Donnez au bailleur le reste, ou ne l'écrivez pas : il le reçoit."
        yield Faute(pointeur(chemin), "parts-moins-de-100", message, remede)
