"""The benchmark's grid under zen-engine (GoRules): one expression per line, evaluated demande by demande."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import zen

from benchmarks.moteur_population import Population, en_objets
from benchmarks.moteur_traduction import Traduction
from benchmarks.moteur_vocabulaire import CODES, NOMBRES
from services.cotation.domain.condition import PREUVES
from services.cotation.domain.grille import Grille

Tableau = np.ndarray[Any, Any]


class Textes:
    """What zen writes: expressions in its own language, each kept under a name."""

    def __init__(self) -> None:
        self.noms: list[tuple[str, str]] = []

    def compare(self, chemin: str, operateur: str, constante: Decimal) -> str:
        comparee = f"{chemin} {operateur} {constante}"
        return f"({chemin} != null and {comparee})" if NOMBRES[chemin].absents else f"({comparee})"

    def booleen(self, chemin: str) -> str:
        return chemin

    def parmi(self, chemin: str, codes: Sequence[str]) -> str:
        return f"({chemin} in {json.dumps(list(codes))})"

    def contient(self, chemin: str, codes: Sequence[str]) -> str:
        return f"some({chemin}, # in {json.dumps(list(codes))})"

    def plancher_ou_zero(self, chemin: str) -> str:
        return chemin

    def toujours(self) -> str:
        return "true"

    def et(self, termes: Sequence[str]) -> str:
        return f"({' and '.join(termes)})"

    def ou(self, termes: Sequence[str]) -> str:
        return f"({' or '.join(termes)})"

    def non(self, terme: str) -> str:
        return f"(not {terme})"

    def entier(self, valeur: int) -> str:
        return str(valeur)

    def choix(self, test: str, oui: str, sinon: str) -> str:
        return f"({test} ? {oui} : {sinon})"

    def somme(self, termes: Sequence[str]) -> str:
        return f"sum([{', '.join(termes)}])"

    def fois(self, terme: str, facteur: int) -> str:
        return f"({terme} * {facteur})"

    def borner(self, terme: str, mini: int | None, maxi: int | None) -> str:
        haute = terme if mini is None else f"max([{terme}, {mini}])"
        return haute if maxi is None else f"min([{haute}, {maxi}])"

    def le_plus_grand(self, termes: Sequence[str]) -> str:
        return f"max([{', '.join(termes)}])"

    def egaux(self, gauche: str, droite: str) -> str:
        return f"({gauche} == {droite})"

    def positif(self, terme: str) -> str:
        return f"({terme} > 0)"

    def nommer(self, nom: str, terme: str) -> str:
        self.noms.append((nom, terme))
        return f"$.{nom}"

    def etape(self) -> None:
        """Expressions are evaluated in order: there are no steps."""


class Zen:
    """A decision made of one expression node."""

    def __init__(self, grille: Grille, population: Population, n: int) -> None:
        langue = Textes()
        self._traduction = Traduction(grille, langue)
        self._traduction.ecrire()
        expressions = [{"id": nom, "key": nom, "value": valeur} for nom, valeur in langue.noms]
        noeuds = [
            {"id": "entree", "type": "inputNode", "name": "entree", "position": {"x": 0, "y": 0}},
            {"id": "calcul", "type": "expressionNode", "name": "calcul", "position": {"x": 1, "y": 0}}
            | {"content": {"expressions": expressions}},
            {"id": "sortie", "type": "outputNode", "name": "sortie", "position": {"x": 2, "y": 0}},
        ]
        liens = [
            {"id": f"{de}-{vers}", "sourceId": de, "targetId": vers, "type": "edge"}
            for de, vers in (("entree", "calcul"), ("calcul", "sortie"))
        ]
        self._decision = zen.ZenEngine().create_decision(json.dumps({"nodes": noeuds, "edges": liens}))
        self._faits = [_avec_nuls(faits, grille) for faits in en_objets(population, n)]

    def preparer(self) -> Any:
        """The situations, as it takes them."""
        return self._faits

    def calculer(self, situations: Sequence[dict[str, Any]]) -> tuple[list[Tableau], Tableau]:
        """The lines and the total."""
        notes = [self._decision.evaluate(faits)["result"] for faits in situations]
        lignes = [np.array([note[nom] for note in notes], np.int64) for nom in self._traduction.lignes]
        return lignes, np.array([note[self._traduction.total] for note in notes], np.int64)


def _avec_nuls(faits: dict[str, Any], grille: Grille) -> dict[str, Any]:
    """The same facts with numbers as JSON has them, and null where one is absent: zen asks for every path."""
    preuves = {f"{PREUVES}.{regle.id}" for regle in grille.regles if regle.preuve.exigence.rang > 0}
    for chemin in (*NOMBRES, *CODES, *preuves):
        *parents, cle = chemin.split(".")
        noeud = faits
        for parent in parents:
            noeud = noeud.setdefault(parent, {})
        valeur = noeud.setdefault(cle, None)
        if isinstance(valeur, Decimal):
            noeud[cle] = float(valeur)
    return faits
