"""From the lines to the total: docs/cotation.md, section 3, steps 1, 2, 5 and 7 to 13."""

from collections.abc import Mapping
from datetime import date
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext

from services.cotation.domain.grille import Bornes, Grille, Groupe, Mode, ModeGroupe, RegleDeBloc
from services.cotation.domain.oracle.conditions import situation_du, tient
from services.cotation.domain.oracle.lignes import (
    Ebauche,
    ebauche_d_evenement,
    ebauche_d_evenement_neutre,
    ebauche_de_regle,
    ebauche_neutre,
)
from services.cotation.domain.oracle.situation import Situation
from services.cotation.domain.resultat import Ajustement, MotifHorsCotation, Raison, Resultat, Role

EXACT = Context(prec=200, traps=[DivisionByZero, Inexact, InvalidOperation, Overflow])
"""Nothing is ever rounded: a number too long for this context raises Inexact instead."""


def evaluer(grille: Grille, faits: Mapping[str, object], as_of: date) -> Resultat:
    """The score of one situation on one day, straight from the model and from `docs/cotation.md`.

    faits: nested objects; what is absent or of another type is read as section 1 says, and never refused.
    Returns the total with a line for every rule, then for every event effect. Raises decimal.Inexact beyond 200 digits.
    Slow: it serves the tests and `logis verify`, as the judge of the compiled engines: it shares the model and
    the calendar with them, and no step.
    Source: shared note `cotation.md` section 5 (evaluation order), as settled by `docs/cotation.md`.
    """
    with localcontext(EXACT):
        situation = situation_du(faits, as_of, grille.remises_a_zero)
        for motif in grille.hors_cotation:
            if tient(motif.quand, situation):
                return _non_cote(grille, situation, MotifHorsCotation(motif.code, motif.libelle))
        return _cote(grille, situation)


def _non_cote(grille: Grille, situation: Situation, motif: MotifHorsCotation) -> Resultat:
    lignes = [ebauche_neutre(grille, regle, situation) for regle in grille.regles]
    lignes += [ebauche_d_evenement_neutre(grille, effet) for effet in grille.effets_evenements]
    for ligne in lignes:
        ligne.ecarter(Raison.HORS_COTATION)
    return Resultat(
        grille=grille.id,
        version=grille.version,
        as_of=situation.as_of,
        total=Decimal(0),
        provisoire=False,
        hors_cotation=motif,
        lignes=tuple(ligne.ligne() for ligne in lignes),
    )


def _cote(grille: Grille, situation: Situation) -> Resultat:
    regles = [ebauche_de_regle(grille, regle, situation) for regle in grille.regles]
    for groupe in grille.groupes:
        departager(groupe, regles, situation)
    lignes = regles + [ebauche_d_evenement(grille, effet, situation) for effet in grille.effets_evenements]
    borner_les_lignes(lignes)
    for regle_de_bloc in grille.regles_de_bloc:
        ecarter_le_bloc(regle_de_bloc, lignes)
    ajustements = ajustements_des_blocs(grille, lignes)
    facteur = facteur_de(grille, lignes)
    somme = base_de(lignes) * facteur + points_de(lignes) + sum(ajustement.valeur for ajustement in ajustements)
    total = borner(somme, grille.bornes_total)
    if total != somme:
        ajustements.append(Ajustement("total", total - somme))
    finies = tuple(ligne.ligne() for ligne in lignes)
    return Resultat(
        grille=grille.id,
        version=grille.version,
        as_of=situation.as_of,
        total=total,
        provisoire=any(ligne.provisoire for ligne in finies),
        hors_cotation=None,
        lignes=finies,
        ajustements=tuple(ajustements),
        facteur=facteur,
    )


def departager(groupe: Groupe, regles: list[Ebauche], situation: Situation) -> None:
    """Step 5: of the rules of a group that still stand, one at most goes on standing."""
    debout = [ligne for identifiant in groupe.regles for ligne in regles if ligne.regle == identifiant and ligne.tient]
    if groupe.mode is ModeGroupe.DECLAREE:
        _departager_par_case(groupe, debout, situation)
    elif debout:
        gagnante = _gagnante(groupe.mode, debout)
        for ligne in debout:
            if ligne is not gagnante:
                ligne.ecarter(Raison.GROUPE_AUTRE_REGLE, gagnante.regle)


def _gagnante(mode: ModeGroupe, debout: list[Ebauche]) -> Ebauche:
    """max and min give the first of equals."""
    match mode:
        case ModeGroupe.MAX:
            return max(debout, key=lambda ligne: ligne.valeur)
        case ModeGroupe.MIN:
            return min(debout, key=lambda ligne: ligne.valeur)
        case _:
            return debout[0]


def _departager_par_case(groupe: Groupe, debout: list[Ebauche], situation: Situation) -> None:
    if groupe.champ is None:
        if len(debout) > 1:
            for ligne in debout:
                ligne.ecarter(Raison.GROUPE_CASE_AMBIGUE)
        return
    case_cochee = situation.lire(groupe.champ)
    for ligne in debout:
        if ligne.regle != case_cochee:
            ligne.ecarter(Raison.GROUPE_CASE_NON_COCHEE)


def borner(valeur: Decimal, bornes: Bornes) -> Decimal:
    """min(max(valeur, mini), maxi), each where it is set."""
    if bornes.mini is not None:
        valeur = max(valeur, bornes.mini)
    return valeur if bornes.maxi is None else min(valeur, bornes.maxi)


def borner_les_lignes(lignes: list[Ebauche]) -> None:
    """Step 7: floors and caps of rules, on every value established but coefficients."""
    for ligne in lignes:
        if ligne.etablie and ligne.role is not Role.COEFFICIENT:
            bornee = borner(ligne.valeur, ligne.bornes)
            ligne.valeur, ligne.bornee = bornee, bornee != ligne.valeur


def ecarter_le_bloc(regle: RegleDeBloc, lignes: list[Ebauche]) -> None:
    """Step 8: a bloc that gives points sets another one aside."""
    if any(ligne.tient and ligne.bloc == regle.si_points_dans and _paie(ligne) for ligne in lignes):
        for ligne in lignes:
            if ligne.tient and ligne.bloc == regle.ecarte:
                ligne.ecarter(Raison.BLOC_ECARTE, regle.si_points_dans)


def _paie(ligne: Ebauche) -> bool:
    return ligne.valeur > (1 if ligne.role is Role.COEFFICIENT else 0)


def ajustements_des_blocs(grille: Grille, lignes: list[Ebauche]) -> list[Ajustement]:
    """Step 10: what the floor and the cap of each bloc add to its points or take back."""
    ajustements = []
    for bloc in grille.blocs:
        somme = points_de([ligne for ligne in lignes if ligne.bloc == bloc.id])
        bornee = borner(somme, bloc.bornes)
        if bornee != somme:
            ajustements.append(Ajustement(f"bloc:{bloc.id}", bornee - somme))
    return ajustements


def points_de(lignes: list[Ebauche]) -> Decimal:
    """The sum of the counted points, the base excluded."""
    return sum((ligne.valeur for ligne in lignes if ligne.tient and ligne.role is Role.POINTS), Decimal(0))


def base_de(lignes: list[Ebauche]) -> Decimal:
    """The value of the base rule when it counts, else 0."""
    return sum((ligne.valeur for ligne in lignes if ligne.tient and ligne.role is Role.BASE), Decimal(0))


def facteur_de(grille: Grille, lignes: list[Ebauche]) -> Decimal:
    """1 + the sum of (coefficient - 1): coefficients add, they do not multiply (G2); 1 in an additive grid."""
    if grille.mode is Mode.ADDITIF:
        return Decimal(1)
    coefficients = [ligne.valeur for ligne in lignes if ligne.tient and ligne.role is Role.COEFFICIENT]
    return Decimal(1) + sum((coefficient - 1 for coefficient in coefficients), Decimal(0))
