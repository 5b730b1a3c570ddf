"""Generated Python of the exclusion groups. Source: docs/cotation.md, section 3, step 5."""

import ast

from services.cotation.domain.grille import Groupe, ModeGroupe
from services.cotation.domain.moteur import ecriture as py
from services.cotation.domain.moteur.ecriture import Reserve
from services.cotation.domain.moteur.forme import Forme, Ligne, ordonne
from services.cotation.domain.moteur.lecture_generee import Cadre
from services.cotation.domain.moteur.total_genere import est_debout, raison_de
from services.cotation.domain.resultat import Raison


def ecrire_groupes(forme: Forme, reserve: Reserve, situation: Cadre, corps: list[ast.stmt]) -> None:
    """Write every group, in the order of the grid; a rule dropped by one is out of the next ones."""
    for groupe in forme.grille.groupes:
        precedence = ordonne(groupe, forme)
        if precedence is not None:
            corps += _premiere(reserve, precedence)
        elif groupe.mode is not ModeGroupe.DECLAREE:
            corps += _extreme(forme, reserve, groupe)
        elif groupe.champ is not None:
            corps += _case_nommee(forme, reserve, situation, groupe, groupe.champ)
        else:
            corps += _case_seule(forme, groupe)


def _ecarter(ligne: Ligne) -> list[ast.stmt]:
    return [raison_de(ligne.indice, Raison.GROUPE_AUTRE_REGLE), py.affecter(f"w{ligne.indice}", py.nom("g"))]


def _premiere(reserve: Reserve, precedence: tuple[Ligne, ...]) -> list[ast.stmt]:
    corps = [py.affecter("g", py.constante(None))]
    for ligne in precedence:
        retenir = [py.affecter("g", reserve.objet(ligne.id))]
        libre = py.si(py.est_none(py.nom("g")), retenir, _ecarter(ligne))
        corps.append(py.si(est_debout(ligne.indice), [libre]))
    return corps


def _extreme(forme: Forme, reserve: Reserve, groupe: Groupe) -> list[ast.stmt]:
    operateur = ast.Gt if groupe.mode is ModeGroupe.MAX else ast.Lt
    corps = [py.affecter(["g", "h"], py.constante(None))]
    comparables = forme.comparables(groupe)
    for ligne, facteur in comparables:
        valeur = py.nom(f"v{ligne.indice}")
        ramenee = valeur if facteur == 1 else py.calcul(valeur, ast.Mult(), py.constante(facteur))
        mieux = py.ou([py.est_none(py.nom("g")), py.compare(ramenee, operateur(), py.nom("h"))])
        retenir = [py.affecter("g", reserve.objet(ligne.id)), py.affecter("h", ramenee)]
        corps.append(py.si(est_debout(ligne.indice), [py.si(mieux, retenir)]))
    for ligne, _ in comparables:
        autre = py.compare(py.nom("g"), ast.IsNot(), reserve.objet(ligne.id))
        corps.append(py.si(py.et([est_debout(ligne.indice), autre]), _ecarter(ligne)))
    return corps


def _case_nommee(forme: Forme, reserve: Reserve, situation: Cadre, groupe: Groupe, champ: str) -> list[ast.stmt]:
    coche = py.nom(situation.aspect("code", champ))
    return [
        py.si(
            py.et([est_debout(ligne.indice), py.compare(coche, ast.NotEq(), reserve.objet(ligne.id))]),
            [raison_de(ligne.indice, Raison.GROUPE_CASE_NON_COCHEE)],
        )
        for ligne in forme.membres(groupe)
    ]


def _case_seule(forme: Forme, groupe: Groupe) -> list[ast.stmt]:
    membres = forme.membres(groupe)
    cochees = py.somme([est_debout(ligne.indice) for ligne in membres])
    ecarter: list[ast.stmt] = [
        py.si(est_debout(ligne.indice), [raison_de(ligne.indice, Raison.GROUPE_CASE_AMBIGUE)]) for ligne in membres
    ]
    return [py.si(py.compare(cochees, ast.Gt(), py.constante(1)), ecarter)]
