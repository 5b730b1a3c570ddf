"""The three ways to score held against each other: oracle, generated Python, columns."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.cotation.domain import oracle
from services.cotation.domain.grille import Grille
from services.cotation.domain.moteur import GrilleCompilee, ResultatColonnes, compiler, encoder
from services.cotation.domain.moteur.echelle import decimal
from services.cotation.domain.resultat import Resultat, Role
from tests.cotation.abrege import LE


def accorder(grille: Grille, situations: Sequence[Mapping[str, Any]], le: date = LE) -> ResultatColonnes:
    """Assert that the oracle, `evaluer`, `totaux` and `evaluer_colonnes` agree on everything; give the last."""
    compilee = compiler(grille)
    resultats = [compilee.evaluer(faits, le) for faits in situations]
    for faits, resultat in zip(situations, resultats, strict=True):
        attendu = oracle.evaluer(grille, faits, le)
        assert resultat == attendu
        assert [dict(ligne.faits) for ligne in resultat.lignes] == [dict(ligne.faits) for ligne in attendu.lignes]
    assert compilee.totaux(situations, le) == [resultat.total for resultat in resultats]
    for faits, resultat in zip(situations, resultats, strict=True):
        note = compilee.noter(faits, le)
        assert decimal(note.total, compilee.forme.total) == resultat.total
        assert (note.provisoire, note.hors_cotation) == (
            resultat.provisoire,
            resultat.hors_cotation and resultat.hors_cotation.code,
        )
        decimales = [compilee.forme.decimales(ligne) for ligne in compilee.forme.lignes]
        assert [decimal(p, d) for p, d in zip(note.points, decimales, strict=True)] == par_ligne(resultat)
    colonnes = compilee.evaluer_colonnes(encoder(compilee.encodage(), situations), le)
    for rang, resultat in enumerate(resultats):
        assert ligne_a_ligne(compilee, colonnes, rang) == par_ligne(resultat)
        assert decimal(int(colonnes.total[rang]), colonnes.decimales_total) == resultat.total
        assert bool(colonnes.provisoire[rang]) == resultat.provisoire
        codes = [None, *(motif.code for motif in grille.hors_cotation)]
        assert codes[colonnes.hors_cotation[rang]] == (resultat.hors_cotation.code if resultat.hors_cotation else None)
    return colonnes


def par_ligne(resultat: Resultat) -> list[Decimal]:
    """What each line of a result brings: 0 when it does not count, what a coefficient has above 1."""
    return [
        Decimal(0) if not ligne.compte else ligne.valeur - (1 if ligne.effet is Role.COEFFICIENT else 0)
        for ligne in resultat.lignes
    ]


def ligne_a_ligne(compilee: GrilleCompilee, colonnes: ResultatColonnes, rang: int) -> list[Decimal]:
    """What each line brings on one row of the columns."""
    assert len(colonnes.points) == len(compilee.forme.lignes)
    return [
        decimal(int(points[rang]), decimales)
        for points, decimales in zip(colonnes.points, colonnes.decimales, strict=True)
    ]
