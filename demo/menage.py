"""The persons of a household: births, civil status, names (sections B and D)."""

from datetime import date
from typing import NamedTuple

from demo import donnees
from demo.composition import AGES, Composition, composer
from demo.modele import Attendus, EnfantEnGarde, PersonneACharge
from demo.tirages import Table, Uniforme, entier

JOURS_PAR_AN = 365.2425
_AGE_DE_PARENT = 18
_DERNIER_AGE_A_CHARGE = 23

_SITUATIONS = {
    "seul": Table({"C": 58, "D": 22, "S": 9, "V": 6, "M": 5}),
    "mono": Table({"C": 40, "D": 33, "S": 23, "V": 4}),
    "couple": Table({"M": 50, "U": 35, "P": 15}),
    "autre": Table({"C": 60, "D": 20, "V": 15, "S": 5}),
}
"""Civil status by kind of household: an assumption."""

_LIENS = {"M": "M", "P": "P", "U": "C"}
"""lien_demandeur of the partner, by civil status."""

_PART_DE_FEMMES = {"seul": 0.48, "mono": 0.85, "couple": 0.45, "autre": 0.5}
_CLASSE_PAR_AGE = tuple(
    next(classe for classe, (bas, haut) in AGES.items() if bas <= age <= haut) if age >= 18 else "<25"
    for age in range(92)
)


class Titulaire(NamedTuple):
    """A lease holder, before work and resources."""

    civilite: str
    nom: str
    patronyme: str | None
    prenom: str
    naissance: date
    classe_age: str
    lien: str | None


class Menage(NamedTuple):
    """The persons of a household; `ages_a_charge` follows `a_charge`, in completed years (possibly 0)."""

    composition: Composition
    age: int
    situation: str
    titulaires: tuple[Titulaire, ...]
    a_charge: tuple[PersonneACharge, ...]
    ages_a_charge: tuple[int, ...]
    en_garde: tuple[EnfantEnGarde, ...]
    attendus: Attendus | None


def creer(uniforme: Uniforme, le: int) -> Menage:
    """A household on the day `le` (proleptic ordinal)."""
    composition, classe = composer(uniforme)
    genre = composition.genre
    age = entier(uniforme, *AGES[classe])
    situation = _SITUATIONS[genre].tirer(uniforme)
    femme = uniforme() < _PART_DE_FEMMES[genre]
    nom = _choisir(uniforme, donnees.mots("noms.txt"))
    titulaire = _titulaire(uniforme, le, age, nom, femme=femme, marie=situation in "MDV", lien=None)
    titulaires: tuple[Titulaire, ...] = (titulaire,)
    age_du_plus_jeune = age
    if composition.couple:
        age_partenaire = min(max(age + entier(uniforme, -4, 4) + (2 if femme else -2), 18), 91)
        titulaires += (_partenaire(uniforme, le, age_partenaire, titulaire, situation, femme=femme),)
        age_du_plus_jeune = min(age, age_partenaire)
    ages = _ages_a_charge(uniforme, composition, age_du_plus_jeune)
    parente = composition.autres > 0
    return Menage(
        composition=composition,
        age=age,
        situation=situation,
        titulaires=titulaires,
        a_charge=tuple(_a_charge(uniforme, le, nom, age_charge, parente=parente) for age_charge in ages),
        ages_a_charge=ages,
        en_garde=_en_garde(uniforme, le, age, situation, genre),
        attendus=_attendus(uniforme, le, age, genre, femme=femme),
    )


def naissance(uniforme: Uniforme, le: int, age: int) -> date:
    """A birth date of somebody who has `age` completed years on the day `le`."""
    return date.fromordinal(le - int(age * JOURS_PAR_AN) - 1 - int(uniforme() * 364))


def _choisir(uniforme: Uniforme, mots: tuple[str, ...]) -> str:
    return mots[int(uniforme() * len(mots))]


def prenom(uniforme: Uniforme, *, femme: bool) -> str:
    """A first name."""
    return _choisir(uniforme, donnees.mots("prenoms_f.txt" if femme else "prenoms_m.txt"))


def _titulaire(
    uniforme: Uniforme, le: int, age: int, nom: str, *, femme: bool, marie: bool, lien: str | None
) -> Titulaire:
    patronyme = _choisir(uniforme, donnees.mots("noms.txt")) if femme and marie and uniforme() < 0.6 else None
    return Titulaire(
        civilite="2" if femme else "1",
        nom=nom,
        patronyme=patronyme,
        prenom=prenom(uniforme, femme=femme),
        naissance=naissance(uniforme, le, age),
        classe_age=_CLASSE_PAR_AGE[age],
        lien=lien,
    )


def _partenaire(
    uniforme: Uniforme, le: int, age: int, titulaire: Titulaire, situation: str, *, femme: bool
) -> Titulaire:
    meme_nom = situation == "M" and uniforme() < 0.85
    nom = titulaire.nom if meme_nom else _choisir(uniforme, donnees.mots("noms.txt"))
    oppose = not femme if uniforme() < 0.97 else femme
    return _titulaire(uniforme, le, age, nom, femme=oppose, marie=meme_nom, lien=_LIENS[situation])


def _ages_a_charge(uniforme: Uniforme, composition: Composition, age: int) -> tuple[int, ...]:
    """Ages of the persons à charge, eldest first; a child is at least eighteen years younger than the parent."""
    if composition.autres:
        return tuple(min(age + entier(uniforme, 20, 35), 91) for _ in range(composition.autres))
    ages = []
    plafond = min(age - _AGE_DE_PARENT, _DERNIER_AGE_A_CHARGE)
    suivant = min(entier(uniforme, 0, plafond) + composition.enfants - 1, plafond)
    for _ in range(composition.enfants):
        ages.append(max(suivant, 0))
        suivant -= entier(uniforme, 1, 4)
    return tuple(ages)


def _a_charge(uniforme: Uniforme, le: int, nom: str, age: int, *, parente: bool) -> PersonneACharge:
    femme = uniforme() < 0.5
    lien = ("P" if uniforme() < 0.7 else "A") if parente else "E"
    return PersonneACharge(
        nom, prenom(uniforme, femme=femme), naissance(uniforme, le, age), "F" if femme else "M", lien
    )


def _en_garde(uniforme: Uniforme, le: int, age: int, situation: str, genre: str) -> tuple[EnfantEnGarde, ...]:
    """Children of a separated adult living alone, in shared custody or visiting."""
    if genre != "seul" or situation not in "DS" or not 25 <= age < 60 or uniforme() >= 0.3:
        return ()
    coparentalite = "G" if uniforme() < 0.45 else "D"
    plafond = min(age - _AGE_DE_PARENT, 17)
    return tuple(
        EnfantEnGarde(
            naissance(uniforme, le, entier(uniforme, 0, plafond)), "MF"[entier(uniforme, 0, 1)], coparentalite
        )
        for _ in range(entier(uniforme, 1, 2))
    )


def _attendus(uniforme: Uniforme, le: int, age: int, genre: str, *, femme: bool) -> Attendus | None:
    if age >= 45 or uniforme() >= 0.03 or not (femme or genre == "couple"):
        return None
    return Attendus(1 if uniforme() < 0.97 else 2, date.fromordinal(le + entier(uniforme, 5, 200)))
