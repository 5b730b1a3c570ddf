"""The coded lists that the services share: one JSON file each under `contracts/codelists/`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

_DOSSIER = files("contracts") / "codelists"


class ListeInconnue(LookupError):
    """No such list, or a table was asked for as a list (or the reverse)."""


class CodeInconnu(LookupError):
    """The list does not hold this code."""


@dataclass(frozen=True, slots=True)
class ValeurCodee:
    """One code of a list; `attributs` holds what that list alone says of it (article, note, sensible…)."""

    code: str
    libelle: str
    attributs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListeCodee:
    """A coded list, in the order of its file. `source` is the attribution to show beside it."""

    nom: str
    titre: str
    statut_des_codes: str
    source: str
    valeurs: Mapping[str, ValeurCodee]

    def __contains__(self, code: object) -> bool:
        return code in self.valeurs

    def __iter__(self) -> Iterator[ValeurCodee]:
        return iter(self.valeurs.values())

    def __len__(self) -> int:
        return len(self.valeurs)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes alone, in the order of the list."""
        return tuple(self.valeurs)

    def valeur(self, code: str) -> ValeurCodee:
        """The value of a code. Raises CodeInconnu, which names the nearest codes."""
        trouvee = self.valeurs.get(code)
        if trouvee is None:
            raise CodeInconnu(f"Le code « {code} » n'est pas dans la liste « {self.nom} »{_proches(code, self.codes)}.")
        return trouvee


@cache
def noms() -> tuple[str, ...]:
    """Names of every file of `contracts/codelists`, lists and tables, sorted."""
    return tuple(sorted(f.name.removesuffix(".json") for f in _DOSSIER.iterdir() if f.name.endswith(".json")))


@cache
def liste(nom: str) -> ListeCodee:
    """The coded list of that name, read once. Raises ListeInconnue."""
    contenu = _contenu(nom)
    valeurs = contenu.get("valeurs")
    if not valeurs or "code" not in valeurs[0]:
        raise ListeInconnue(f"« {nom} » est une table et non une liste de codes : lisez-la par table(« {nom} »).")
    return ListeCodee(
        nom=nom,
        titre=contenu["titre"],
        statut_des_codes=contenu["statut_des_codes"],
        source=_attribution(contenu["source"]),
        valeurs=MappingProxyType({v["code"]: _valeur(v) for v in valeurs}),
    )


@cache
def table(nom: str) -> Mapping[str, Any]:
    """The whole content of a file that is not a list of codes (ceilings, delays, RPLS layout). Raises ListeInconnue."""
    contenu = _contenu(nom)
    valeurs = contenu.get("valeurs")
    if valeurs and "code" in valeurs[0]:
        raise ListeInconnue(f"« {nom} » est une liste de codes : lisez-la par liste(« {nom} »).")
    return MappingProxyType(contenu)


def libelle(nom: str, code: str) -> str:
    """French label of a code. Raises ListeInconnue or CodeInconnu."""
    return liste(nom).valeur(code).libelle


def est_dans(nom: str, code: str) -> bool:
    """Whether the list holds the code. Raises ListeInconnue."""
    return code in liste(nom)


def _contenu(nom: str) -> dict[str, Any]:
    if nom not in noms():
        raise ListeInconnue(f"Il n'y a pas de liste « {nom} »{_proches(nom, noms())}.")
    contenu: dict[str, Any] = json.loads((_DOSSIER / f"{nom}.json").read_text(encoding="utf-8"))
    return contenu


def _valeur(brute: dict[str, Any]) -> ValeurCodee:
    code = brute["code"]
    attributs = {k: v for k, v in brute.items() if k not in ("code", "libelle")}
    return ValeurCodee(code=code, libelle=brute["libelle"], attributs=MappingProxyType(attributs))


def _attribution(source: str | dict[str, str]) -> str:
    return source if isinstance(source, str) else " ; ".join(source.values())


def _proches(cherche: str, connus: tuple[str, ...]) -> str:
    proches = get_close_matches(cherche, connus, n=3)
    return f" (vouliez-vous dire {' ou '.join(f'« {p} »' for p in proches)} ?)" if proches else ""
