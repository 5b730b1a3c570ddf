"""A year of dwellings that come up for letting in a landlord's park.

Rotation by typologie, notice periods, works and grounds of deduction are orders of size (assumptions) around the
published national mobility, 9.3 to 9.6 % a year (flux.md §5).
"""

from collections.abc import Iterable
from datetime import date
from random import Random

import msgspec

from demo.parc import Logement
from demo.region import Bailleur
from demo.tirages import Table, Uniforme, entier

ROTATION = {"T1": 0.145, "T2": 0.118, "T3": 0.092, "T4": 0.078, "T5": 0.066, "T6": 0.05}
"""Share of the dwellings vacated in a year, by typologie."""

_ORIGINES = Table({"PREAVIS": 86, "DECES": 7, "ABANDON": 4, "EXPULSION": 3})
_SOUSTRACTIONS = Table(
    {None: 868, "MUTATION_INTERNE": 80, "RENOUVELLEMENT_URBAIN": 22, "VENTE_L443_7": 14, "L521_3": 10, "ORCOD": 6}
)
"""Grounds of deduction from the flow (L8, flux.md §4); None for the dwellings that are oriented."""

_OCCUPEES = "1"


class Liberation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dwelling given up, as a landlord's system announces it: idempotent by (SIREN, dwelling, occurrence).

    preavis, liberation, disponible: notice received, keys back, ready to let. Amounts are whole euros a month.
    soustraction: ground of deduction known at once, with its operation.
    """

    bailleur: str
    identifiant_rpls: str
    identifiant_bailleur: str
    occurrence: int
    origine: str
    preavis: date
    liberation: date
    disponible: date
    commune: str
    code_postal: str
    adresse: str
    programme: str
    etage: int
    ascenseur: bool
    qpv: bool
    individuel: bool
    typologie: str
    surface: int
    financement: str
    plafond: str
    loyer: int
    charges: int
    accessoires: int
    classe_energie: str
    annee: int
    soustraction: str | None = None
    operation: str | None = None


def generer_liberations(
    bailleur: Bailleur, parc: Iterable[Logement], *, graine: int, exercice: int
) -> list[Liberation]:
    """The dwellings of the park whose keys come back during the civil year `exercice`, by date then identifier."""
    alea = Random(f"{graine}:liberations:{bailleur.siren}:{exercice}")  # noqa: S311  (reproducible on purpose)
    liberations = [
        _liberation(alea.random, bailleur, logement, exercice)
        for logement in parc
        if logement.occupation == _OCCUPEES and alea.random() < ROTATION[logement.typologie]
    ]
    return sorted(liberations, key=lambda liberation: (liberation.liberation, liberation.identifiant_rpls))


def _liberation(uniforme: Uniforme, bailleur: Bailleur, logement: Logement, exercice: int) -> Liberation:
    programme = logement.programme
    origine = _ORIGINES.tirer(uniforme)
    rendu = date(exercice, 1, 1).toordinal() + int(uniforme() * 365)
    preavis = rendu - (entier(uniforme, 28, 92) if origine == "PREAVIS" else entier(uniforme, 5, 40))
    travaux = 0 if uniforme() < 0.45 else entier(uniforme, 10, 75)
    soustraction = _SOUSTRACTIONS.tirer(uniforme)
    return Liberation(
        bailleur=bailleur.siren,
        identifiant_rpls=logement.identifiant_rpls,
        identifiant_bailleur=logement.identifiant_bailleur,
        occurrence=1,
        origine=origine,
        preavis=date.fromordinal(preavis),
        liberation=date.fromordinal(rendu),
        disponible=date.fromordinal(rendu + travaux),
        commune=programme.commune,
        code_postal=programme.code_postal,
        adresse=f"{programme.numero_voie} {programme.voie}",
        programme=programme.nom,
        etage=logement.etage,
        ascenseur=programme.ascenseur,
        qpv=programme.en_qpv,
        individuel=programme.maison,
        typologie=logement.typologie,
        surface=logement.surface,
        financement=programme.financement,
        plafond=logement.plafond,
        loyer=logement.loyer,
        charges=logement.charges,
        accessoires=logement.accessoires,
        classe_energie=programme.classe_energie,
        annee=programme.annee,
        soustraction=soustraction,
        operation=f"Opération {programme.nom}" if soustraction and soustraction != "MUTATION_INTERNE" else None,
    )
