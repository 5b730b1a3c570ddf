"""Reading one `demandeLogement`, event after event of the parser: values by the schema, every fault with its line.

The handlers are called a hundred times a demande: they look up a prepared table and do nothing that it could do.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import XMLParserType

from contracts.sne.anomalies import ANOMALIES
from services.demande.adapters.sne.resultat import Constat
from services.demande.adapters.sne.structure import Feuille, Noeud, Valeurs
from services.demande.adapters.sne.valeurs import LONGUEUR_TEXTE_LIBRE, Faute, montrable
from services.demande.domain.dossier import ElementInconnu

LISTE_LA_PLUS_LONGUE = 100
"""Most repetitions of one element: far above any household, it bounds what one demande may cost."""

PROFONDEUR_MAXIMALE = 100
"""Deepest nesting, unknown elements included; the known ones go seven deep."""

_CONSTATS_GARDES = 100
_INCONNUS_GARDES = 200


class Arret(Exception):
    """The file is refused from here on."""

    def __init__(self, constat: Constat) -> None:
        super().__init__(constat.code)
        self.constat = constat


def constat(ligne: int, champ: str, code: str, valeur: str = "") -> Constat:
    """One anomaly, with its sentence."""
    return Constat(ligne, champ, code, ANOMALIES[code].message(valeur))


@dataclass(slots=True)
class Brute:
    """What one `demandeLogement` says: values by key, faults, empty elements (line by path), unknown elements."""

    ligne: int
    valeurs: Valeurs = field(default_factory=dict)
    fautes: list[Constat] = field(default_factory=list)
    vides: dict[str, int] = field(default_factory=dict)
    ligne_numero: int = 0
    comptes: Counter[str] = field(default_factory=Counter)
    inconnus: list[ElementInconnu] = field(default_factory=list)
    signalements: list[Constat] = field(default_factory=list)


class LecteurElement:
    """Handlers of the parser inside one `demandeLogement`, from `ouvrir` until `terminer` is called with what was read."""

    def __init__(self, parser: XMLParserType, racine: Noeud, terminer: Callable[[Brute], None]) -> None:
        self._parser = parser
        self._racine = racine
        self._terminer = terminer
        self._pile: list[tuple[Noeud, Valeurs, int]] = []
        self._ecartes: list[str] = []
        self._texte_du_parent = ""
        self.ouvrir(0)

    def ouvrir(self, ligne: int) -> None:
        """A `demandeLogement` opens on this line."""
        self._brute = Brute(ligne)
        self._noeud = self._racine
        self._enfants = self._racine.enfants
        self._valeurs = self._brute.valeurs
        self._feuille: Feuille | None = None
        self._ligne = ligne
        self._code: str | None = None
        self._texte = ""
        self._ecouter()

    def _ecouter(self) -> None:
        self._parser.StartElementHandler = self._debut
        self._parser.EndElementHandler = self._fin
        self._parser.CharacterDataHandler = self._caracteres

    def _debut(self, nom: str, attributs: dict[str, str]) -> None:
        enfant = self._enfants.get(nom)
        if enfant is None or self._feuille is not None:
            self._ecarter(nom, attributs)
            return
        self._ligne = self._parser.CurrentLineNumber
        if type(enfant) is Feuille:
            self._feuille = enfant
            self._texte = ""
            if enfant.code:
                self._code = attributs.get("code")
        else:
            assert isinstance(enfant, Noeud)
            self._entrer(enfant, nom, attributs)

    def _caracteres(self, donnees: str) -> None:
        self._texte += donnees

    def _fin(self, _: str) -> None:
        feuille = self._feuille
        if feuille is not None:
            self._feuille = None
            brut = self._code if feuille.code else self._texte.strip()
            if brut:
                self._lire(feuille, brut)
            else:
                self._brute.vides.setdefault(feuille.champ, self._ligne)
        elif self._pile:
            self._sortir()
        else:
            self._terminer(self._brute)

    def _lire(self, feuille: Feuille, brut: str) -> None:
        valeurs, cle = self._valeurs, feuille.cle
        if feuille.multiple:
            liste = valeurs.setdefault(cle, [])
            if len(liste) >= LISTE_LA_PLUS_LONGUE:
                self._fauter(feuille.champ, "liste-trop-longue", self._ligne)
                return
        elif cle in valeurs:
            self._garder(feuille.champ, brut, self._ligne)
            return
        try:
            lu = feuille.lire(brut)
        except Faute as faute:
            self._fauter(feuille.champ, faute.code, self._ligne, faute.valeur)
            lu = None
        if feuille.multiple:
            liste.append(lu)
        else:
            valeurs[cle] = lu
            if cle == "numero" and not self._pile:
                self._brute.ligne_numero = self._ligne

    def _entrer(self, noeud: Noeud, nom: str, attributs: dict[str, str]) -> None:
        valeurs = self._valeurs
        if noeud.cle:
            if noeud.cle in valeurs and not noeud.multiple:
                self._ecarter(nom, attributs)
                return
            self._valeurs = {}
        for cle in noeud.initial:
            valeurs.setdefault(cle, [])
        self._pile.append((self._noeud, valeurs, self._ligne))
        self._noeud = noeud
        self._enfants = noeud.enfants

    def _sortir(self) -> None:
        noeud, lues = self._noeud, self._valeurs
        self._noeud, self._valeurs, ligne = self._pile.pop()
        self._enfants = self._noeud.enfants
        cle = noeud.cle
        if not cle:
            return
        for obligatoire, code in noeud.obligatoires.items():
            if obligatoire not in lues:
                self._fauter(noeud.champ, code, ligne)
                lues[obligatoire] = None
        construit = noeud.construire(lues)
        if not noeud.multiple:
            self._valeurs[cle] = construit
            return
        liste = self._valeurs.setdefault(cle, [])
        if len(liste) >= LISTE_LA_PLUS_LONGUE:
            self._fauter(noeud.champ, "liste-trop-longue", ligne)
        elif construit is not None:
            liste.append(construit)

    def _fauter(self, champ: str, code: str, ligne: int, valeur: str = "") -> None:
        if len(self._brute.fautes) < _CONSTATS_GARDES:
            self._brute.fautes.append(constat(ligne, champ, code, valeur))

    def _ecarter(self, nom: str, attributs: dict[str, str]) -> None:
        """Keep aside an element that is not known here, with all that it holds."""
        local = nom.rpartition(" ")[2]
        parent = self._feuille.champ if self._feuille is not None else self._noeud.champ
        chemin = f"{parent}/{local}" if parent else local
        self._compter(chemin, local, self._parser.CurrentLineNumber)
        self._texte_du_parent, self._texte = self._texte, ""
        self._parser.StartElementHandler = self._debut_ecarte
        self._parser.EndElementHandler = self._fin_ecarte
        self._empiler(chemin, attributs)

    def _debut_ecarte(self, nom: str, attributs: dict[str, str]) -> None:
        self._conserver()
        self._empiler(f"{self._ecartes[-1]}/{nom.rpartition(' ')[2]}"[:LONGUEUR_TEXTE_LIBRE], attributs)

    def _fin_ecarte(self, _: str) -> None:
        self._conserver()
        self._ecartes.pop()
        if not self._ecartes:
            self._texte = self._texte_du_parent
            self._ecouter()

    def _empiler(self, chemin: str, attributs: dict[str, str]) -> None:
        self._ecartes.append(chemin)
        if len(self._ecartes) > PROFONDEUR_MAXIMALE:
            raise Arret(constat(self._parser.CurrentLineNumber, "", "fichier-demesure"))
        for attribut, valeur in attributs.items():
            self._conserver_sous(f"{chemin}/@{attribut.rpartition(' ')[2]}", valeur)

    def _conserver(self) -> None:
        texte, self._texte = self._texte.strip(), ""
        if texte:
            self._conserver_sous(self._ecartes[-1], texte)

    def _conserver_sous(self, chemin: str, valeur: str) -> None:
        if len(self._brute.inconnus) < _INCONNUS_GARDES:
            self._brute.inconnus.append(ElementInconnu(chemin, valeur[:LONGUEUR_TEXTE_LIBRE]))

    def _garder(self, champ: str, brut: str, ligne: int) -> None:
        """A second element where only one may stand: the first one counts, this one is kept aside."""
        self._compter(champ, champ.removesuffix("/@code").rpartition("/")[2], ligne)
        self._conserver_sous(champ, brut)

    def _compter(self, champ: str, nom: str, ligne: int) -> None:
        brute = self._brute
        if champ not in brute.comptes:
            if len(brute.signalements) >= _CONSTATS_GARDES:
                return
            brute.signalements.append(constat(ligne, champ, "element-inconnu", montrable(nom)))
        brute.comptes[champ] += 1


def liste_de(valeurs: Valeurs, cle: str) -> tuple[Any, ...]:
    """What was repeated under a key, in order; empty when nothing was."""
    return tuple(valeurs.get(cle) or ())
