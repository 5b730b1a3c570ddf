"""The change between two results alone, when the situations behind them are no longer at hand.

The causes are those of `comparaison`, read from the lines themselves: so each line has one cause, and what a floor or a cap
adds or takes back goes with the last cause at work. The sum is exact all the same.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.comparaison import Cause, Comparaison, LigneChangee, Part, lignes_changees
from services.cotation.domain.condition import ANCIENNETE
from services.cotation.domain.decimales import EXACT
from services.cotation.domain.resultat import Ligne, Resultat, Role


def comparer_resultats(avant: Resultat, apres: Resultat) -> Comparaison:
    """The change from one result to another, line after line; see `comparaison.comparer` for the exact causes."""
    changees = list(lignes_changees(avant, apres))
    causes = {change.regle: _cause(change, avant, apres) for change in changees}
    _propager(causes, avant, apres)
    lignes = {ligne.regle: ligne for ligne in avant.lignes if ligne.compte}
    actives = [cause for cause in Cause if cause in causes.values()]
    if not actives and avant.total != apres.total:
        actives = [Cause.GRILLE if _version(avant) != _version(apres) else Cause.FAIT]
    parts: list[Part] = []
    total = avant.total
    for cause in actives:
        siennes = tuple(change for change in changees if causes[change.regle] is cause)
        for change in siennes:
            if change.apres is None:
                lignes.pop(change.regle, None)
            else:
                lignes[change.regle] = change.apres
        derniere = cause is actives[-1]
        suivant = apres.total if derniere else _total(lignes.values(), avant)
        parts.append(Part(cause, total, suivant, (), siennes))
        total = suivant
    return Comparaison(avant, apres, tuple(parts))


def _version(resultat: Resultat) -> tuple[str, str]:
    return resultat.grille, resultat.version


def _total(lignes: Iterable[Ligne], avant: Resultat) -> Decimal:
    """What these lines make, with the adjustments of before."""
    base, facteur, points = Decimal(0), Decimal(1), Decimal(0)
    for ligne in lignes:
        if ligne.effet is Role.BASE:
            base = ligne.valeur
        elif ligne.effet is Role.COEFFICIENT:
            facteur = EXACT.add(facteur, ligne.valeur - 1)
        else:
            points = EXACT.add(points, ligne.valeur)
    for ajustement in avant.ajustements:
        points = EXACT.add(points, ajustement.valeur)
    return EXACT.add(EXACT.multiply(base, facteur), points)


def _cause(change: LigneChangee, avant: Resultat, apres: Resultat) -> Cause | None:
    """The cause that the line itself shows; None when nothing that it reads has changed."""
    gauche = next((ligne for ligne in avant.lignes if ligne.regle == change.regle), None)
    droite = next((ligne for ligne in apres.lignes if ligne.regle == change.regle), None)
    if gauche is None or droite is None:
        return Cause.GRILLE
    lus = [cle for cle in droite.faits if gauche.faits.get(cle) != droite.faits[cle]]
    if not lus:
        return Cause.PREUVE if gauche.preuve is not droite.preuve else None
    chemins = [cle.partition("(")[2].removesuffix(")") or cle for cle in lus]
    autres = [chemin for chemin in chemins if chemin != ANCIENNETE and "refus" not in chemin]
    if autres:
        return Cause.LABEL if set(autres) <= Catalogue().par_label else Cause.FAIT
    return _refus_ou_temps(gauche.faits, droite.faits, lus)


def _refus_ou_temps(avant: Mapping[str, Any], apres: Mapping[str, Any], lus: list[str]) -> Cause:
    """Seniority that falls and refusals that rise tell a refusal; the contrary, time."""
    for cle in lus:
        ancien, nouveau = avant.get(cle), apres.get(cle)
        if not isinstance(ancien, int) or not isinstance(nouveau, int):
            return Cause.REFUS if cle != ANCIENNETE else Cause.FAIT
        if (nouveau < ancien) is (cle == ANCIENNETE):
            return Cause.REFUS
    return Cause.TEMPS


def _propager(causes: dict[str, Cause | None], avant: Resultat, apres: Resultat) -> None:
    """A line that reads the same facts changed because another did: the one of its group, or one of the bloc that bars it."""
    lignes = {ligne.regle: ligne for ligne in (*avant.lignes, *apres.lignes)}
    blocs = {ligne.regle: ligne.bloc for ligne in lignes.values()}
    retenues = {
        regle: [ligne.retenue for resultat in (avant, apres) for ligne in resultat.lignes if ligne.regle == regle]
        for regle, cause in causes.items()
        if cause is None
    }
    defaut = Cause.GRILLE if _version(avant) != _version(apres) else Cause.FAIT
    for regle, noms in retenues.items():
        liees = [autre for autre in causes if autre in noms or (blocs.get(autre) in noms and autre != regle)]
        trouvees = [cause for autre in liees if (cause := causes[autre]) is not None]
        causes[regle] = trouvees[0] if trouvees else defaut
