"""The words of the two formats for the same constructs: one reader serves both, faults point into the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from services.cotation.domain.condition import EVENEMENT, Operateur
from services.cotation.domain.grille import Mode, ModeGroupe, NiveauPreuve, Portee, Preuve, SansPreuve, Segment

FORMAT_0_1 = "cotation-grid/0.1"
FORMAT_1_0 = "cotation-grid/1.0"

V = TypeVar("V")


def _table(**mots: V) -> Mapping[str, V]:
    return MappingProxyType(mots)


@dataclass(frozen=True, slots=True)
class Mots:
    """The vocabulary of one format. annotations: keys kept and ignored anywhere."""

    format: str
    annotations: frozenset[str]
    champ: str
    operateur: str
    valeur: str
    toutes: str
    une: str
    non: str
    toujours: str
    operateurs: Mapping[str, Operateur]
    quand: str
    libelle: str
    bloc: str
    regles: str
    cumul: str
    par: str
    plafond: str
    tranches: str
    variantes: str
    cumulatif: str
    evenement: str
    """Root under which a condition on an event reads it."""
    preuve: str
    sensible: str
    derogation: str
    groupes: str
    modes_groupe: Mapping[str, ModeGroupe]
    segments: Mapping[str, Segment]
    portees: Mapping[str, Portee]
    modes: Mapping[str, Mode]


MOTS_0_1 = Mots(
    format=FORMAT_0_1,
    annotations=frozenset(
        {
            "note",
            "notes",
            "inferred",
            "sources",
            "source",
            "unknown",
            "principles",
            "conflict",
            "alternative_readings",
            "remark",
            "later_versions",
            "segment_inferred",
        }
    ),
    champ="field",
    operateur="op",
    valeur="value",
    toutes="all",
    une="any",
    non="not",
    toujours="always",
    operateurs=_table(
        eq=Operateur.EGAL,
        ne=Operateur.DIFFERENT,
        gt=Operateur.SUPERIEUR,
        gte=Operateur.SUPERIEUR_OU_EGAL,
        lt=Operateur.INFERIEUR,
        lte=Operateur.INFERIEUR_OU_EGAL,
        between=Operateur.ENTRE,
        contains_any=Operateur.CONTIENT_UN_DE,
        exists=Operateur.EXISTE,
        **{"in": Operateur.PARMI},
    ),
    quand="when",
    libelle="label",
    bloc="bloc",
    regles="rules",
    cumul="accrual",
    par="per",
    plafond="cap",
    tranches="bands",
    variantes="variants",
    cumulatif="cumulative",
    evenement="refus",
    preuve="evidence",
    sensible="sensitive",
    derogation="sensitive_override",
    groupes="exclusion_groups",
    modes_groupe=_table(
        max=ModeGroupe.MAX, min=ModeGroupe.MIN, first=ModeGroupe.PREMIERE, declared=ModeGroupe.DECLAREE
    ),
    segments=_table(all=Segment.TOUS, primo_demandeur=Segment.PRIMO_DEMANDEUR, mutation=Segment.MUTATION),
    portees=_table(wished_location=Portee.LIEU_SOUHAITE, first_choice=Portee.PREMIER_CHOIX),
    modes=_table(additive=Mode.ADDITIF, base_times_coefficients=Mode.BASE_PAR_COEFFICIENTS),
)

MOTS_1_0 = Mots(
    format=FORMAT_1_0,
    annotations=frozenset({"annotations"}),
    champ="champ",
    operateur="operateur",
    valeur="valeur",
    toutes="toutes",
    une="une",
    non="non",
    toujours="toujours",
    operateurs=MappingProxyType({mot.value: mot for mot in Operateur}),
    quand="quand",
    libelle="libelle",
    bloc="bloc",
    regles="regles",
    cumul="cumul",
    par="par",
    plafond="plafond",
    tranches="tranches",
    variantes="variantes",
    cumulatif="cumulatif",
    evenement=EVENEMENT,
    preuve="preuve",
    sensible="sensible",
    derogation="derogation",
    groupes="groupes",
    modes_groupe=MappingProxyType({mode.value: mode for mode in ModeGroupe}),
    segments=MappingProxyType({segment.value: segment for segment in Segment}),
    portees=MappingProxyType({portee.value: portee for portee in Portee}),
    modes=MappingProxyType({mode.value: mode for mode in Mode}),
)

PREUVES_0_1: Mapping[str, Preuve] = MappingProxyType(
    {
        "declared": Preuve(NiveauPreuve.DECLARE),
        "document": Preuve(NiveauPreuve.DOCUMENT, SansPreuve.PROVISOIRE),
        "label": Preuve(NiveauPreuve.LABEL, SansPreuve.NON_COMPTEE),
        "unknown": Preuve(NiveauPreuve.DECLARE, connue=False),
    }
)
"""What `cotation-grid/0.1` asks for, with what happens below it (docs/cotation.md, step 4)."""
