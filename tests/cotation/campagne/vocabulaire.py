"""The paths, codes and numbers from which the campaign writes its grids: few of each, so that rules meet on the same facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from services.cotation.domain.calendrier import ajouter_mois
from services.cotation.domain.condition import AGE, ANCIENNETE, DEPOT

NOMBRES = ("menage.personnes", "ressources.taux_effort_pct", ANCIENNETE, AGE, "local.a.b.c.d", "n")
CODES = ("logement_actuel.statut", "mobilite.nature", "local.choix", "zone")
BOOLEENS = ("menage.handicap", "expulsion.menace", "demande.est_mutation")
LISTES = ("demande.motifs", "labels", "local.a.liste")
DATES = ("expulsion.audience_le", DEPOT, "local.jour")
EVENEMENTS = ("demande.refus", "demande.passages_cal", "visites")
OBJETS = ("menage", "local.a.b", "demande")
"""Paths of objects that hold other facts: a grid may read those too."""

SUR_EVENEMENT = {
    "nombre": ("evenement.duree", "evenement.rang"),
    "code": ("evenement.motif",),
    "booleen": ("evenement.adaptee", "evenement.justifie"),
    "liste": ("evenement.pieces",),
    "date": ("evenement.date", "evenement.notifie_le"),
}
SUR_SITUATION = {"nombre": NOMBRES, "code": CODES, "booleen": BOOLEENS, "liste": LISTES, "date": DATES}

CODES_POSSIBLES = ("a", "b", "DALO", "A", "C", "7", "2026-01-31", "e\u0301t\u00e9", "'\"\\{x}\n__import__('os')", "")
LISTES_LONGUES = tuple(tuple(f"c{i}" for i in range(combien)) for combien in (31, 33, 63, 64, 65, 130))
"""Lists of codes as long as the words of a bit mask, and longer."""
CONSTANTES = tuple(
    Decimal(texte)
    for texte in (
        "0",
        "1",
        "2",
        "3",
        "5",
        "12",
        "-1",
        "-2",
        "7",
        "33.3",
        "0.5",
        "-0.25",
        "1.000001",
        "999999999.999999",
    )
)
VALEURS = tuple(
    Decimal(texte)
    for texte in (
        *("0", "1", "2", "5", "10", "-5", "-10", "0.5", "6.4", "1.3", "-0.25", "3.00", "-1.5", "50", "-50", "20", "8"),
        *("127", "128", "-129", "32767.5", "-32769", "7", "-3", "0.1", "12", "30", "-20", "4", "40", "-1"),
        *("25", "15", "-2", "3", "6", "9", "11", "-7", "-30", "2.5", "45", "60"),
        *("1000000000", "-999999999.999999", "-0.000001"),
    )
)
"""The last three make sums that no 64-bit integer holds: the columns must refuse them, and the others need not."""
COEFFICIENTS = tuple(
    Decimal(texte)
    for texte in ("1.3", "1", "1.8", "0.5", "0", "-2", "1.05", "2", "1.25", "3", "1.1", "1.000001", "0.75")
)
MOIS = (1, 2, 3, 6, 12, 24, 1200)
JOURS_D_EVALUATION = (
    *(date(2026, 11, 22), date(2026, 1, 31), date(2026, 2, 28), date(2024, 2, 29), date(2026, 3, 31)),
    *(date(2025, 12, 31), date(2026, 3, 1), date(2026, 4, 30)),
)
IDENTIFIANTS = (
    "A",
    "B",
    "C",
    "D-2",
    "LOGEMENT_PRECAIRE",
    "None",
    "lambda",
    "a",
    "x9",
    *(f"R{i}" for i in range(10, 76)),
)
"""Rule ids, which are also codes that a single-choice field may hold, and words that Python keeps for itself."""

MAL_TYPES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 10**12 - 1, 1 - 10**12, 10**12, -(10**12), -(10**12), 10**400, 1.5, b"a"),
    *("texte", "12", "0.50", "1e3", "+1", " 1", "٣", "12.", "-0", "0" * 12, "0" * 13, "999999999999.5"),
    *("1.00000000000000000001", "1.000000000000000000001", "2026-02-30", "20260131", "0001-01-01", "9999-12-31"),
    *("0000-01-01", date.min, date.max, date(2026, 1, 31), datetime(2026, 1, 31, 8, tzinfo=UTC)),
    *(Decimal("NaN"), Decimal("-Infinity"), Decimal("1E-30"), Decimal("1E+11"), Decimal("-0.0")),
    *(Decimal("999999999999." + "9" * 40), [], {}, {"date": "2026-01-01"}, ["a", 7], ("7",)),
)
"""Facts of every type: each is wrong where another type is compared, and some are wrong everywhere."""


def jours_autour(as_of: date, mois: int) -> tuple[date, ...]:
    """The day `mois` months before the evaluation, the one before and the one after."""
    pile = ajouter_mois(as_of, -mois)
    return (pile, pile - timedelta(1), pile + timedelta(1))
