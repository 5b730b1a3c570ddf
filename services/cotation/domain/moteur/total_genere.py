"""Generated Python of floors, caps, bloc rules and total. Source: docs/cotation.md, section 3, steps 7 to 13."""

import ast
from collections.abc import Mapping, Sequence

from services.cotation.domain.grille import EffetEvenement
from services.cotation.domain.moteur import ecriture as py
from services.cotation.domain.moteur.ecriture import Reserve
from services.cotation.domain.moteur.forme import Forme, Ligne
from services.cotation.domain.resultat import Raison, Role

RAISONS: tuple[Raison | None, ...] = (None, *Raison)
"""Reasons by the number that generated code gives them; 0: the line stands."""
NUMERO: Mapping[Raison, int] = {raison: numero for numero, raison in enumerate(RAISONS) if raison is not None}
_NEUTRES = (Raison.CONDITION_NON_REMPLIE, Raison.HORS_BAREME, Raison.AUCUN_EVENEMENT, Raison.REGLE_DESACTIVEE)


def raison_de(indice: int, raison: Raison) -> ast.stmt:
    """The line does not count, for that reason."""
    return py.affecter(f"r{indice}", py.constante(NUMERO[raison]))


def debout_de(indice: int) -> ast.stmt:
    """The line stands."""
    return py.affecter(f"r{indice}", py.constante(0))


def est_debout(indice: int) -> ast.expr:
    """Whether the line still stands."""
    return py.compare(py.nom(f"r{indice}"), ast.Eq(), py.constante(0))


def lachables(forme: Forme) -> frozenset[int]:
    """The lines that can be dropped for another one: members of a group, lines of a bloc that another sets aside."""
    par_groupe = (ligne for groupe in forme.grille.groupes for ligne in forme.membres(groupe))
    par_bloc = (ligne for regle in forme.grille.regles_de_bloc for ligne in forme.du_bloc(regle.ecarte))
    return frozenset(ligne.indice for lignes in (par_groupe, par_bloc) for ligne in lignes)


def ecrire_total(forme: Forme, reserve: Reserve, mesures: Sequence[str]) -> list[ast.stmt]:
    """Everything from the floor and cap of each line to the values given back."""
    corps = [_borner(ligne) for ligne in forme.lignes if ligne.est_bornee]
    corps += _regles_de_bloc(forme, reserve)
    # `x{i}`: what the line brings to the sum; a coefficient brings what it has above 1
    lachees = lachables(forme)
    corps += [py.affecter(f"x{ligne.indice}", _apport(ligne, lachees)) for ligne in forme.lignes]
    points = [ligne for ligne in forme.lignes if ligne.role is Role.POINTS]
    corps += [py.affecter("a", py.suite([])), py.affecter("s", py.somme([_x(ligne) for ligne in points]))]
    for bloc in forme.grille.blocs:
        mini, maxi = forme.bornes(bloc.bornes, forme.points)
        du_bloc = py.somme([_x(ligne) for ligne in points if ligne.bloc == bloc.id])
        corps += _ajuster(reserve, f"bloc:{bloc.id}", du_bloc, mini, maxi)
    corps += _multiplier(forme)
    corps += _ajuster(reserve, "total", py.nom("s"), *forme.bornes(forme.grille.bornes_total, forme.total))
    return [*corps, *_rendre(forme, mesures)]


def _borner(ligne: Ligne) -> ast.stmt:
    i = ligne.indice
    numeros = py.suite([py.constante(NUMERO[raison]) for raison in _NEUTRES])
    valeur = _entre(py.nom(f"v{i}"), ligne.mini, ligne.maxi)
    garder = py.affecter(f"u{i}", py.nom(f"v{i}"))
    return py.si(py.compare(py.nom(f"r{i}"), ast.NotIn(), numeros), [garder, py.affecter(f"v{i}", valeur)])


def _entre(valeur: ast.expr, mini: int | None, maxi: int | None) -> ast.expr:
    haute = valeur if mini is None else py.appel("max", valeur, py.constante(mini))
    return haute if maxi is None else py.appel("min", haute, py.constante(maxi))


def _regles_de_bloc(forme: Forme, reserve: Reserve) -> list[ast.stmt]:
    corps: list[ast.stmt] = []
    for regle in forme.grille.regles_de_bloc:
        gains = [
            py.et(
                [est_debout(ligne.indice), py.compare(py.nom(f"v{ligne.indice}"), ast.Gt(), py.constante(ligne.neutre))]
            )
            for ligne in forme.du_bloc(regle.si_points_dans)
        ]
        ecarter: list[ast.stmt] = []
        for ligne in forme.du_bloc(regle.ecarte):
            retenue = py.affecter(f"w{ligne.indice}", reserve.objet(regle.si_points_dans))
            ecarter.append(py.si(est_debout(ligne.indice), [raison_de(ligne.indice, Raison.BLOC_ECARTE), retenue]))
        if gains and ecarter:
            corps.append(py.si(py.ou(gains), ecarter))
    return corps


def _x(ligne: Ligne) -> ast.expr:
    return py.nom(f"x{ligne.indice}")


def _apport(ligne: Ligne, lachees: frozenset[int]) -> ast.expr:
    valeur = py.nom(f"v{ligne.indice}")
    if ligne.neutre:
        valeur = py.calcul(valeur, ast.Sub(), py.constante(ligne.neutre))
    if ligne.indice not in lachees and not ligne.peut_etre_refusee:
        return valeur  # a line that nothing can drop has its neutral value where it does not stand
    return py.choix(est_debout(ligne.indice), valeur, py.constante(0))


def _ajuster(reserve: Reserve, portee: str, valeur: ast.expr, mini: int | None, maxi: int | None) -> list[ast.stmt]:
    if mini is None and maxi is None:
        return []
    j = py.nom("j")
    ajout = py.suite([py.suite([reserve.objet(portee), j])])
    noter: list[ast.stmt] = [
        py.affecter("a", py.calcul(py.nom("a"), ast.Add(), ajout)),
        py.affecter("s", py.calcul(py.nom("s"), ast.Add(), j)),
    ]
    ecart = py.calcul(_entre(py.nom("b"), mini, maxi), ast.Sub(), py.nom("b"))
    return [py.affecter("b", valeur), py.affecter("j", ecart), py.si(j, noter)]


def _multiplier(forme: Forme) -> list[ast.stmt]:
    un = py.affecter("f", py.constante(forme.un))
    if not forme.multiplie:
        return [un]
    coefficients = [_x(ligne) for ligne in forme.lignes if ligne.role is Role.COEFFICIENT]
    base = py.somme([_x(ligne) for ligne in forme.lignes if ligne.role is Role.BASE])
    facteur = py.affecter("f", py.somme([py.constante(forme.un), *coefficients]))
    reste = py.calcul(py.nom("s"), ast.Mult(), py.constante(forme.un))
    produit = py.calcul(base, ast.Mult(), py.nom("f"))
    return [facteur, py.affecter("s", py.calcul(produit, ast.Add(), reste))]


def _rendre(forme: Forme, mesures: Sequence[str]) -> list[ast.stmt]:
    lignes, lachees = forme.lignes, lachables(forme)

    def par_ligne(prefixe: str, concernees: frozenset[int]) -> ast.expr:
        return py.suite(
            [py.nom(f"{prefixe}{i}") if i in concernees else py.constante(None) for i in range(len(lignes))]
        )

    toutes = frozenset(range(len(lignes)))
    bornees = frozenset(ligne.indice for ligne in lignes if ligne.est_bornee)
    attentes = frozenset(ligne.indice for ligne in lignes if ligne.peut_etre_provisoire)
    effets = frozenset(ligne.indice for ligne in lignes if isinstance(ligne.source, EffetEvenement))
    provisoire = py.ou([py.et([py.nom(f"d{i}"), est_debout(i)]) for i in sorted(attentes)])
    bref = [py.constante(None), py.nom("s"), py.nom("p"), par_ligne("x", toutes)]
    complet = [
        *(py.nom("f"), py.nom("a"), par_ligne("r", toutes), par_ligne("v", toutes), par_ligne("u", bornees)),
        *(par_ligne("w", lachees), par_ligne("d", attentes), par_ligne("q", effets)),
        py.suite([py.nom(mesure) for mesure in mesures]),
    ]
    return [
        py.affecter("p", provisoire),
        py.si(py.nom("complet"), [ast.Return(py.suite([*bref, *complet]))]),
        ast.Return(py.suite(bref)),
    ]
