"""Reading of one rule: identity, condition, effect, evidence policy, sensitivity."""

from dataclasses import dataclass, replace
from decimal import Decimal

from services.cotation.domain.condition import tient_par
from services.cotation.domain.grille import (
    Bornes,
    Derogation,
    NiveauPreuve,
    Preuve,
    Regle,
    SansPreuve,
    Variantes,
)
from services.cotation.domain.lecture.conditions import LecteurConditions
from services.cotation.domain.lecture.effets import LecteurEffets
from services.cotation.domain.lecture.mots import FORMAT_0_1, PREUVES_0_1, Mots
from services.cotation.domain.lecture.noeud import Noeud

NIVEAUX = {niveau.value: niveau for niveau in NiveauPreuve}
SINON = {sinon.value: sinon for sinon in SansPreuve}


@dataclass(frozen=True, slots=True)
class LecteurRegles:
    """Reads the rules of one format."""

    conditions: LecteurConditions

    @property
    def mots(self) -> Mots:
        """The words of the format."""
        return self.conditions.mots

    def regle(self, noeud: Noeud) -> Regle:
        """The rule written here, with neutral values where it is refused."""
        mots, effets = self.mots, LecteurEffets(self.conditions)
        propres = (mots.champ, mots.cumulatif) if mots.format == FORMAT_0_1 else ("bornes", "desactivee", "explication")
        communes = ("id", mots.libelle, mots.bloc, mots.quand, mots.preuve, mots.sensible, mots.derogation)
        noeud.objet({*communes, *propres, *effets.cles, *mots.annotations})
        if mots.format == FORMAT_0_1 and not noeud.a(mots.tranches):
            for cle in (cle for cle in propres if noeud.a(cle)):
                noeud.fils(cle).faute("cle-inconnue", f"« {cle} » n'a de sens qu'avec « {mots.tranches} ».", "L'ôter.")
        quand = self.conditions.condition(noeud.fils(mots.quand))
        regle = Regle(
            id=noeud.fils("id").identifiant(),
            libelle=noeud.fils(mots.libelle).texte(),
            bloc=noeud.fils(mots.bloc).texte(),
            quand=quand,
            effet=effets.effet(noeud, quand),
            sensible=noeud.fils(mots.sensible).booleen(),
            derogation=self._derogation(noeud.fils(mots.derogation)),
            bornes=None if mots.format == FORMAT_0_1 else lire_bornes_propres(noeud.fils("bornes"), mots),
            desactivee=None if mots.format == FORMAT_0_1 else noeud.fils("desactivee").texte_ou_rien(),
            explication=None if mots.format == FORMAT_0_1 else noeud.fils("explication").texte_ou_rien(),
        )
        return self._avec_preuve(regle, noeud.fils(mots.preuve))

    def _avec_preuve(self, regle: Regle, noeud: Noeud) -> Regle:
        presumee = NiveauPreuve.LABEL if self._porte_sa_preuve(regle) else NiveauPreuve.DECLARE
        if self.mots.format == FORMAT_0_1:
            base = Preuve(connue=False) if noeud.absent else noeud.mot(PREUVES_0_1, Preuve(), "preuve")
            return replace(regle, preuve=Preuve(base.exigence, base.sinon, presumee, base.connue))
        if noeud.absent or not noeud.objet({"exigence", "sinon", "presumee", "connue", *self.mots.annotations}):
            return regle
        sinon, dite = noeud.fils("sinon"), noeud.fils("presumee")
        return replace(
            regle,
            preuve=Preuve(
                noeud.fils("exigence").mot(NIVEAUX, NiveauPreuve.DECLARE, "preuve"),
                SansPreuve.PROVISOIRE if sinon.absent else sinon.mot(SINON, SansPreuve.PROVISOIRE, "sinon"),
                presumee if dite.absent else dite.mot(NIVEAUX, presumee, "preuve"),
                noeud.fils("connue").booleen(defaut=True),
            ),
        )

    def _porte_sa_preuve(self, regle: Regle) -> bool:
        chemins = self.conditions.catalogue.par_label
        if tient_par(regle.quand, chemins):
            return True
        effet = regle.effet
        if not isinstance(effet, Variantes) or not effet.variantes:
            return False
        return all(tient_par(variante.quand, chemins) for variante in effet.variantes)

    def _derogation(self, noeud: Noeud) -> Derogation | None:
        if noeud.absent:
            return None
        cles = ("by", "reason", "date") if self.mots.format == FORMAT_0_1 else ("acteur", "motif", "le")
        if not noeud.objet({*cles, *self.mots.annotations}):
            return None
        return Derogation(noeud.fils(cles[0]).texte(), noeud.fils(cles[1]).texte(), noeud.fils(cles[2]).jour_ou_rien())


def lire_bornes_propres(noeud: Noeud, mots: Mots) -> Bornes | None:
    """The floor and cap of one rule or bloc, `{"min", "max"}`; None when nothing is written."""
    if noeud.absent or not noeud.objet({"min", "max", *mots.annotations}):
        return None
    return lire_bornes(noeud.fils("min"), noeud.fils("max"))


def lire_bornes(mini: Noeud, maxi: Noeud) -> Bornes:
    """A floor and a cap: a number, `null` (nothing said) or "none" / "aucune" (said to have none)."""
    bas, bas_sans = _borne(mini)
    haut, haut_sans = _borne(maxi)
    if bas is not None and haut is not None and bas > haut:
        mini.faute("bornes-inversees", "Le plancher dépasse le plafond.", "Les échanger.")
        return Bornes()
    return Bornes(bas, haut, bas_sans, haut_sans)


def _borne(noeud: Noeud) -> tuple[Decimal | None, bool]:
    if noeud.valeur in ("none", "aucune"):
        return None, True
    return noeud.nombre_ou_rien(), False
