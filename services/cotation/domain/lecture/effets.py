"""Reading of what a rule gives: points, coefficient, accrual, bands, variants."""

from dataclasses import dataclass
from decimal import Decimal

from services.cotation.domain.condition import ANCIENNETE, Champ, Condition, Mesure, NombreDe, feuilles
from services.cotation.domain.grille import (
    Coefficient,
    Cumul,
    Effet,
    Nature,
    Points,
    Tranche,
    Tranches,
    Variante,
    Variantes,
)
from services.cotation.domain.lecture.conditions import CLES_MESURE_1_0, LecteurConditions
from services.cotation.domain.lecture.mots import FORMAT_0_1, Mots
from services.cotation.domain.lecture.noeud import Noeud

TRANCHES_MAX = 500
VARIANTES_MAX = 200
POINTS, COEFFICIENT = "points", "coefficient"
NEUTRE = Points(Decimal(0))


@dataclass(frozen=True, slots=True)
class LecteurEffets:
    """Reads the effect of the rules of one format."""

    conditions: LecteurConditions

    @property
    def mots(self) -> Mots:
        """The words of the format."""
        return self.conditions.mots

    @property
    def cles(self) -> tuple[str, ...]:
        """The five keys that give an effect."""
        return (POINTS, COEFFICIENT, self.mots.cumul, self.mots.tranches, self.mots.variantes)

    def effet(self, regle: Noeud, quand: Condition) -> Effet:
        """The one effect of a rule; zero points when refused."""
        presents = [cle for cle in self.cles if regle.a(cle)]
        if len(presents) != 1:
            trouve = f"{len(presents)} : {', '.join(presents)}" if presents else "aucun"
            regle.faute(
                "effets-multiples" if presents else "effet-absent",
                f"Un critère a exactement un effet ; ici {trouve}.",
                f"Garder un seul de : {', '.join(self.cles)}.",
            )
        if not presents:
            return NEUTRE
        lus = [self._lire(cle, regle, quand) for cle in presents]
        return lus[0]

    def _lire(self, cle: str, regle: Noeud, quand: Condition) -> Effet:
        noeud = regle.fils(cle)
        if cle == POINTS:
            return Points(noeud.nombre())
        if cle == COEFFICIENT:
            return Coefficient(noeud.nombre())
        if cle == self.mots.cumul:
            return self._cumul(noeud)
        if cle == self.mots.variantes:
            return self._variantes(noeud)
        return self._tranches_0_1(regle, noeud, quand) if self.mots.format == FORMAT_0_1 else self._tranches(noeud)

    def _cumul(self, noeud: Noeud) -> Effet:
        mots = self.mots
        extra = () if mots.format == FORMAT_0_1 else CLES_MESURE_1_0
        valeur = "value" if mots.format == FORMAT_0_1 else "valeur"
        if not noeud.objet({mots.champ, mots.par, valeur, mots.plafond, *extra, *mots.annotations}):
            return NEUTRE
        return Cumul(
            self._denombrable(self.conditions.mesure(noeud)),
            noeud.fils(valeur).nombre(),
            self._unite(noeud.fils(mots.par)),
            noeud.fils(mots.plafond).nombre_ou_rien(),
        )

    def _denombrable(self, mesure: Mesure) -> Mesure:
        ancien = self.mots.format == FORMAT_0_1
        if ancien and isinstance(mesure, Champ) and self.conditions.catalogue.est_liste_evenements(mesure.chemin):
            return NombreDe(mesure.chemin)
        return mesure

    def _unite(self, noeud: Noeud) -> str:
        if self.mots.format == FORMAT_0_1:
            return noeud.mot({"month": "mois", "unit": "unité", "event": "événement"}, "mois", "unite")
        return noeud.texte("mois")

    def _tranches_0_1(self, regle: Noeud, noeud: Noeud, quand: Condition) -> Effet:
        champ = regle.fils(self.mots.champ)
        mesure: Mesure = Champ(ANCIENNETE)
        if not champ.absent:
            mesure = Champ(self.conditions.chemin(champ))
        else:
            lus = list(dict.fromkeys(feuille.mesure for feuille in feuilles(quand)))
            if len(lus) == 1:
                mesure = lus[0]
            elif lus:
                regle.faute(
                    "champ-des-tranches-ambigu",
                    "Rien ne dit quelle grandeur suivent les tranches : la condition lit plusieurs champs.",
                    f"Ajouter « {self.mots.champ} » à côté de « {self.mots.tranches} ».",
                )
        return self._pas(noeud, mesure, regle.fils(self.mots.cumulatif).booleen())

    def _tranches(self, noeud: Noeud) -> Effet:
        mots = self.mots
        if not noeud.objet({mots.champ, "pas", mots.cumulatif, *CLES_MESURE_1_0, *mots.annotations}):
            return NEUTRE
        mesure = self.conditions.mesure(noeud)
        return self._pas(noeud.fils("pas"), mesure, noeud.fils(mots.cumulatif).booleen())

    def _pas(self, noeud: Noeud, mesure: Mesure, cumulatif: bool) -> Effet:
        tranches: list[Tranche] = []
        natures: list[Nature] = []
        for fils in noeud.elements(TRANCHES_MAX, minimum=1):
            if fils.objet({"min", "max", POINTS, COEFFICIENT, *self.mots.annotations}):
                nature, valeur = self._valeur(fils)
                natures.append(nature)
                mini, maxi = fils.fils("min").nombre_ou_rien(), fils.fils("max").nombre_ou_rien()
                tranches.append(Tranche(mini, maxi, valeur))
        nature = self._commune(noeud, natures)
        if cumulatif and nature is Nature.COEFFICIENT:
            noeud.faute("cumul-de-coefficients", "Des coefficients ne se cumulent pas de tranche en tranche.", "Ôter.")
        return Tranches(self._denombrable(mesure), tuple(tranches), nature, cumulatif)

    def _variantes(self, noeud: Noeud) -> Effet:
        mots = self.mots
        variantes: list[Variante] = []
        natures: list[Nature] = []
        for fils in noeud.elements(VARIANTES_MAX, minimum=1):
            if fils.objet({mots.quand, mots.libelle, POINTS, COEFFICIENT, *mots.annotations}):
                nature, valeur = self._valeur(fils)
                natures.append(nature)
                quand = self.conditions.condition(fils.fils(mots.quand))
                variantes.append(Variante(quand, valeur, fils.fils(mots.libelle).texte_ou_rien()))
        return Variantes(tuple(variantes), self._commune(noeud, natures))

    @staticmethod
    def _valeur(noeud: Noeud) -> tuple[Nature, Decimal]:
        presents = [cle for cle in (POINTS, COEFFICIENT) if noeud.a(cle)]
        if len(presents) != 1:
            noeud.faute(
                "effets-multiples" if presents else "effet-absent",
                "Il faut ici des points ou un coefficient, et un seul des deux.",
                "Garder « points » ou « coefficient ».",
            )
            return Nature.POINTS, Decimal(0)
        return Nature(presents[0]), noeud.fils(presents[0]).nombre()

    @staticmethod
    def _commune(noeud: Noeud, natures: list[Nature]) -> Nature:
        if len(set(natures)) > 1:
            noeud.faute(
                "natures-melangees",
                "Le même critère donne tantôt des points, tantôt un coefficient.",
                "Choisir l'un des deux pour tout le critère.",
            )
        return natures[0] if natures else Nature.POINTS
