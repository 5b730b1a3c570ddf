"""Reading of conditions and measures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.condition import (
    EVENEMENT,
    Champ,
    Condition,
    Feuille,
    Mesure,
    MoisDepuis,
    NombreDe,
    Non,
    Operateur,
    Scalaire,
    Toujours,
    Toutes,
    Une,
)
from services.cotation.domain.lecture.mots import FORMAT_0_1, Mots
from services.cotation.domain.lecture.noeud import Noeud, lire_jour

PROFONDEUR_CONDITION = 12
BRANCHES_MAX = 200
CODES_MAX = 2_000
MOIS_MAX = 1_200

ORDRE = frozenset(
    {
        Operateur.SUPERIEUR,
        Operateur.SUPERIEUR_OU_EGAL,
        Operateur.INFERIEUR,
        Operateur.INFERIEUR_OU_EGAL,
        Operateur.ENTRE,
    }
)
ENSEMBLE = frozenset({Operateur.PARMI, Operateur.CONTIENT_UN_DE})
NOMBRE_DE, MOIS_DEPUIS = "nombre_de", "mois_depuis"
CLES_MESURE_1_0 = (NOMBRE_DE, MOIS_DEPUIS, "fenetre_mois", "seulement_si")


@dataclass(frozen=True, slots=True)
class LecteurConditions:
    """Reads the conditions of one format. dans_evenement: paths under the event's root read the event at hand."""

    mots: Mots
    catalogue: Catalogue
    dans_evenement: bool = False

    def condition(self, noeud: Noeud, profondeur: int = 0) -> Condition:
        """The condition written here; Toujours when it is refused (its faults are told)."""
        mots = self.mots
        cles = {mots.toutes, mots.une, mots.non, mots.toujours}
        if profondeur > PROFONDEUR_CONDITION:
            noeud.faute(
                "condition-trop-profonde",
                f"Plus de {PROFONDEUR_CONDITION} niveaux de conditions.",
                "Aplatir la condition, ou en faire plusieurs critères.",
            )
            return Toujours()
        if not isinstance(noeud.valeur, dict):
            noeud.faute("condition-attendue", "Une condition (un objet JSON) est attendue ici.", "Écrire { … }.")
            return Toujours()
        if isinstance(noeud.valeur, dict) and (presentes := cles & noeud.valeur.keys()):
            return self._composee(noeud, presentes, profondeur)
        return self._feuille(noeud)

    def _composee(self, noeud: Noeud, presentes: set[str], profondeur: int) -> Condition:
        mots = self.mots
        noeud.objet({*presentes, *mots.annotations})
        if len(presentes) > 1:
            noeud.faute(
                "condition-double",
                f"Deux sortes de condition au même endroit : {', '.join(sorted(presentes))}.",
                f"En garder une, ou les réunir sous « {mots.toutes} » ou « {mots.une} ».",
            )
        if mots.toujours in presentes:
            if noeud.valeur[mots.toujours] is not True:
                noeud.fils(mots.toujours).faute(
                    "toujours-vrai", f"« {mots.toujours} » vaut true ou ne s'écrit pas.", "Écrire true."
                )
            return Toujours()
        if mots.non in presentes:
            return Non(self.condition(noeud.fils(mots.non), profondeur + 1))
        cle = mots.toutes if mots.toutes in presentes else mots.une
        parties = tuple(
            self.condition(fils, profondeur + 1) for fils in noeud.fils(cle).elements(BRANCHES_MAX, minimum=1)
        )
        if not parties:
            return Toujours()
        return Toutes(parties) if cle == mots.toutes else Une(parties)

    def _feuille(self, noeud: Noeud) -> Condition:
        mots = self.mots
        extra = () if mots.format == FORMAT_0_1 else CLES_MESURE_1_0
        noeud.objet({mots.champ, mots.operateur, mots.valeur, *extra, *mots.annotations})
        operateur = noeud.fils(mots.operateur).mot(mots.operateurs, None, "operateur")
        if operateur is None:
            self.mesure(noeud)
            return Toujours()
        valeurs = self._valeurs(noeud.fils(mots.valeur), operateur)
        mesure = self.mesure(noeud)
        if isinstance(mesure, Champ) and self._se_compte(mesure, valeurs):
            mesure = NombreDe(mesure.chemin)
        return Feuille(mesure, operateur, valeurs)

    def _se_compte(self, mesure: Champ, valeurs: tuple[Scalaire, ...]) -> bool:
        """A number compared with a list of events: so 0.1 counts them (grids/README.md), where 1.0 writes `nombre_de`."""
        if self.mots.format != FORMAT_0_1:
            return False
        compare_un_nombre = bool(valeurs) and all(type(valeur) is Decimal for valeur in valeurs)
        return compare_un_nombre and self.catalogue.est_liste_evenements(mesure.chemin)

    def mesure(self, noeud: Noeud) -> Mesure:
        """What an object measures: a fact, or in 1.0 a count of events or the months since a date."""
        mots = self.mots
        if mots.format != FORMAT_0_1 and isinstance(noeud.valeur, dict):
            choix = [cle for cle in (mots.champ, NOMBRE_DE, MOIS_DEPUIS) if cle in noeud.valeur]
            if len(choix) > 1:
                noeud.faute(
                    "mesure-double", f"Plusieurs mesures au même endroit : {', '.join(choix)}.", "N'en garder qu'une."
                )
            if choix[:1] != [NOMBRE_DE]:
                for cle in ("fenetre_mois", "seulement_si"):
                    if cle in noeud.valeur:
                        noeud.fils(cle).faute(
                            "cle-inconnue", f"« {cle} » n'a de sens qu'avec « {NOMBRE_DE} ».", "L'enlever."
                        )
            if choix[:1] == [NOMBRE_DE]:
                return self._nombre_de(noeud)
            if choix[:1] == [MOIS_DEPUIS]:
                return MoisDepuis(self.chemin(noeud.fils(MOIS_DEPUIS)))
        return Champ(self.chemin(noeud.fils(mots.champ)))

    def _nombre_de(self, noeud: Noeud) -> NombreDe:
        if self.dans_evenement:
            noeud.faute(
                "comptage-imbrique",
                "On ne compte pas des événements dans une condition sur un événement.",
                "Séparer en deux critères.",
            )
        condition = noeud.fils("seulement_si")
        return NombreDe(
            self.chemin(noeud.fils(NOMBRE_DE)),
            noeud.fils("fenetre_mois").entier_ou_rien(1, MOIS_MAX),
            None if condition.absent else self.sur_evenement().condition(condition),
        )

    def sur_evenement(self) -> "LecteurConditions":
        """The same reader, for a condition on the event at hand."""
        return LecteurConditions(self.mots, self.catalogue, dans_evenement=True)

    def chemin(self, noeud: Noeud) -> str:
        """A path of facts; the event's root is told when no event is at hand."""
        chemin = noeud.chemin()
        racine, _, reste = chemin.partition(".")
        if racine == self.mots.evenement and reste and self.dans_evenement:
            return f"{EVENEMENT}.{reste}"
        if racine == EVENEMENT:
            noeud.faute(
                "evenement-hors-contexte",
                f"« {chemin} » lit un événement, et aucun n'est en cause ici.",
                "Compter les événements (« nombre_de »), ou lire un fait de la situation.",
            )
        return chemin

    def _valeurs(self, noeud: Noeud, operateur: Operateur) -> tuple[Scalaire, ...]:
        if operateur is Operateur.EXISTE:
            return (noeud.booleen(defaut=True),)
        if operateur in ENSEMBLE:
            return tuple(self._scalaire(item) for item in noeud.elements(CODES_MAX, minimum=1))
        if operateur is Operateur.ENTRE:
            return self._intervalle(noeud)
        if operateur in ORDRE:
            return (self._ordonnable(noeud),)
        return (self._scalaire(noeud),)

    def _intervalle(self, noeud: Noeud) -> tuple[Scalaire, ...]:
        bornes = tuple(self._ordonnable(item) for item in noeud.elements(2, minimum=2))
        if len(bornes) == 2 and type(bornes[0]) is not type(bornes[1]):
            noeud.faute("bornes-de-types-differents", "Une borne est un nombre, l'autre une date.", "Les accorder.")
        elif len(bornes) == 2 and _avant(bornes[1], bornes[0]):
            noeud.faute("bornes-inversees", "La borne basse dépasse la borne haute.", "Les échanger.")
        return bornes

    def _ordonnable(self, noeud: Noeud) -> Decimal | date:
        jour = lire_jour(noeud.valeur)
        if jour is not None:
            return jour
        if isinstance(noeud.valeur, str | bool | list | dict | None):
            noeud.faute(
                "comparaison-impossible",
                "Cet opérateur compare des nombres ou des dates AAAA-MM-JJ.",
                "Écrire un nombre sans guillemets, ou une date.",
            )
            return Decimal(0)
        return noeud.nombre()

    @staticmethod
    def _scalaire(noeud: Noeud) -> Scalaire:
        valeur: Any = noeud.valeur
        if isinstance(valeur, bool):
            return valeur
        if isinstance(valeur, str):
            return valeur and noeud.texte()
        if valeur is None or isinstance(valeur, list | dict):
            noeud.faute(
                "valeur-attendue",
                "Un nombre, un code ou un booléen est attendu ici.",
                "Écrire la valeur comparée ; pour l'absence d'un fait, l'opérateur d'existence avec false.",
            )
            return ""
        return noeud.nombre()


def _avant(gauche: Scalaire, droite: Scalaire) -> bool:
    if isinstance(gauche, Decimal) and isinstance(droite, Decimal):
        return gauche < droite
    return isinstance(gauche, date) and isinstance(droite, date) and gauche < droite
