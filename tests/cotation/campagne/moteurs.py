"""What the campaign compares with the oracle: each engine answers a whole case, and tells where it differs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from services.cotation.domain.condition import Non
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.moteur import Detail, Encodage, GrilleCompilee, ResultatColonnes, compiler, encoder
from services.cotation.domain.moteur.erreurs import BornesNonProuvees
from services.cotation.domain.resultat import Ligne, Resultat, Role
from tests.cotation.campagne.cas import Cas
from tests.cotation.campagne.comparaison import ecarts

GRILLES_PUBLIEES = Path(__file__).parents[3] / "contracts" / "grilles"
Evaluation = Callable[[Grille, Mapping[str, object], date], Resultat]
Moteur = Callable[[Cas, Sequence[Resultat]], Iterator[str]]
"""Takes a case and the oracle's results; gives each difference, none when all is the same."""


def scalaire(nom: str, evaluer: Evaluation) -> Moteur:
    """An engine that evaluates one situation after the other."""

    def comparer(cas: Cas, attendus: Sequence[Resultat]) -> Iterator[str]:
        for rang, (situation, attendu) in enumerate(zip(cas.situations, attendus, strict=True)):
            for ecart in ecarts(attendu, evaluer(cas.grille, situation, cas.as_of)):
                yield f"{nom}, situation {rang}{ecart}"

    return comparer


@cache
def voisine() -> Grille:
    """A real grid encoded beside the one drawn, half of the time: what it reads takes nothing from the other."""
    return lire_grille((GRILLES_PUBLIEES / "strasbourg-2019.json").read_bytes())


@dataclass(slots=True)
class MoteurCompile:
    """The compiler's ways to score, over one compilation of each grid.

    paires_colonnes: pairs that the columns scored. refus: grids that they refused, for want of 64 bits.
    """

    paires_colonnes: int = 0
    refus: int = 0

    def __call__(self, cas: Cas, attendus: Sequence[Resultat]) -> Iterator[str]:
        """Where the generated function, its totals and notes, the columns and their differences are not the oracle's."""
        compilee = compiler(cas.grille)
        yield from scalaire("fonction", lambda _, faits, as_of: compilee.evaluer(faits, as_of))(cas, attendus)
        totaux = compilee.totaux(cas.situations, cas.as_of)
        if totaux != [attendu.total for attendu in attendus]:
            yield f"totaux : {[attendu.total for attendu in attendus]} attendu, {totaux} obtenu"
        yield from _ecarts_des_notes(compilee, cas, attendus)
        try:
            yield from self._colonnes(compilee, cas, attendus)
        except BornesNonProuvees:
            self.refus += 1

    def _colonnes(self, compilee: GrilleCompilee, cas: Cas, attendus: Sequence[Resultat]) -> Iterator[str]:
        changee = critere_inverse(cas.grille) if len(cas.grille.regles) % 2 else voisine()
        colonnes = encoder(Encodage.pour(cas.grille, changee), cas.situations)
        obtenus = compilee.evaluer_colonnes(colonnes, cas.as_of)
        yield from ecarts_colonnes(cas.grille, attendus, obtenus)
        sans_points = compilee.evaluer_colonnes(colonnes, cas.as_of, Detail.TOTAL, fils=1)
        if sans_points.points or sans_points.total.tolist() != obtenus.total.tolist():
            yield f"colonnes, totaux seuls : {obtenus.total} attendu, {sans_points.total} obtenu"
        if changee is not voisine():
            avant = compiler(changee).evaluer_colonnes(colonnes, cas.as_of)
            par_difference = compilee.reevaluer(avant)
            yield from (f"par différence, {ecart}" for ecart in ecarts_colonnes(cas.grille, attendus, par_difference))
        self.paires_colonnes += len(attendus)


def critere_inverse(grille: Grille) -> Grille:
    """The same grid with the condition of its middle rule denied: what a laboratory scores by difference."""
    milieu = len(grille.regles) // 2
    regle = grille.regles[milieu]
    changee = replace(regle, quand=Non(regle.quand))
    return replace(grille, regles=(*grille.regles[:milieu], changee, *grille.regles[milieu + 1 :]))


def _ecarts_des_notes(compilee: GrilleCompilee, cas: Cas, attendus: Sequence[Resultat]) -> Iterator[str]:
    forme = compilee.forme
    decimales = [forme.decimales(ligne) for ligne in forme.lignes]
    for rang, (situation, attendu) in enumerate(zip(cas.situations, attendus, strict=True)):
        note = compilee.noter(situation, cas.as_of)
        points = [_decimal(valeur, dix) for valeur, dix in zip(note.points, decimales, strict=True)]
        code = attendu.hors_cotation and attendu.hors_cotation.code
        voulu = (attendu.total, code, attendu.provisoire, [_apport(ligne) for ligne in attendu.lignes])
        obtenu = (_decimal(note.total, forme.total), note.hors_cotation, note.provisoire, points)
        if voulu != obtenu:
            yield f"note, situation {rang} : {voulu} attendu, {obtenu} obtenu"
        constat = compilee.constater(situation, cas.as_of)
        if constat != (attendu.total, attendu.provisoire, code):
            yield f"constat, situation {rang} : {attendu.total} attendu, {constat} obtenu"


def ecarts_colonnes(grille: Grille, attendus: Sequence[Resultat], obtenus: ResultatColonnes) -> Iterator[str]:
    """Where columns of scores differ from results: total, total before its bounds, reason, provisional, each line."""
    codes = [None, *(motif.code for motif in grille.hors_cotation)]
    for rang, attendu in enumerate(attendus):
        ou = f"colonnes, situation {rang}"
        hors_cotation = attendu.hors_cotation and attendu.hors_cotation.code
        vus = {
            "total": (attendu.total, _decimal(obtenus.total[rang], obtenus.decimales_total)),
            "provisoire": (attendu.provisoire, bool(obtenus.provisoire[rang])),
            "hors cotation": (hors_cotation, codes[int(obtenus.hors_cotation[rang])]),
        }
        if hors_cotation is None:
            borne = sum(un.valeur for un in attendu.ajustements if un.portee == "total")
            vus["somme"] = (attendu.total - borne, _decimal(obtenus.somme[rang], obtenus.decimales_total))
        for ligne, points, decimales in zip(attendu.lignes, obtenus.points, obtenus.decimales, strict=True):
            vus[ligne.regle] = (_apport(ligne), _decimal(points[rang], decimales))
        for nom, (voulu, obtenu) in vus.items():
            if voulu != obtenu:
                yield f"{ou}, {nom} : {voulu} attendu, {obtenu} obtenu"


def _decimal(unites: int, decimales: int) -> Decimal:
    return Decimal(int(unites)).scaleb(-decimales)


def _apport(ligne: Ligne) -> Decimal:
    """What a line brings: its points, what its coefficient has above 1, nothing when it does not count."""
    if not ligne.compte:
        return Decimal(0)
    return ligne.valeur - 1 if ligne.effet is Role.COEFFICIENT else ligne.valeur
