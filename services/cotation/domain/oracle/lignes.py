"""What each rule and each event effect gives on its own: docs/cotation.md, section 3, steps 3, 4 and 6."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import floor

from services.cotation.domain.calendrier import ajouter_mois
from services.cotation.domain.condition import (
    DEPOT,
    PREUVES,
    Champ,
    Mesure,
    MoisDepuis,
    NombreDe,
    feuilles,
)
from services.cotation.domain.grille import (
    Bornes,
    Coefficient,
    Cumul,
    EffetEvenement,
    Grille,
    NiveauPreuve,
    Points,
    Regle,
    SansPreuve,
    Tranches,
    Variantes,
)
from services.cotation.domain.oracle.conditions import evenements_comptes, mesurer, tient
from services.cotation.domain.oracle.faits import fait, jour, nombre
from services.cotation.domain.oracle.situation import Evenement, Situation
from services.cotation.domain.resultat import Ligne, Raison, Role


@dataclass(slots=True)
class Ebauche:
    """A line under work. raison: why it does not count; None while it stands. etablie: its value is not the neutral one."""

    regle: str
    bloc: str | None
    libelle: str
    role: Role
    valeur: Decimal
    preuve: NiveauPreuve
    bornes: Bornes
    raison: Raison | None = None
    etablie: bool = True
    attend_preuve: bool = False
    bornee: bool = False
    faits: Mapping[str, object] = field(default_factory=dict)
    retenue: str | None = None
    expire_le: date | None = None

    @property
    def tient(self) -> bool:
        """Whether the line still stands."""
        return self.raison is None

    def ecarter(self, raison: Raison, retenue: str | None = None) -> None:
        """The line does not count, for that reason; `retenue`: what counts instead."""
        self.raison, self.retenue = raison, retenue

    def ligne(self) -> Ligne:
        """The finished line (step 9)."""
        compte = self.tient
        provisoire = compte and self.attend_preuve
        comptee = Raison.COMPTEE_PROVISOIRE if provisoire else Raison.COMPTEE
        return Ligne(
            regle=self.regle,
            bloc=self.bloc,
            libelle=self.libelle,
            effet=self.role,
            valeur=self.valeur,
            compte=compte,
            raison=self.raison or (Raison.COMPTEE_BORNEE if self.bornee else comptee),
            faits=self.faits,
            preuve=self.preuve,
            provisoire=provisoire,
            retenue=self.retenue,
            expire_le=self.expire_le if compte else None,
        )


def ebauche_neutre(grille: Grille, regle: Regle, situation: Situation) -> Ebauche:
    """The line of a rule of which nothing is established but its evidence."""
    role = Role.BASE if regle.id == grille.regle_de_base else Role(regle.nature.value)
    neutre = Decimal(1) if role is Role.COEFFICIENT else Decimal(0)
    preuve = regle.preuve.obtenue(fait(situation.faits, f"{PREUVES}.{regle.id}"))
    bornes = grille.bornes_de(regle)
    return Ebauche(regle.id, regle.bloc, regle.libelle, role, neutre, preuve, bornes, etablie=False)


def ebauche_de_regle(grille: Grille, regle: Regle, situation: Situation) -> Ebauche:
    """The line of a rule after steps 3 and 4: its value, or the first reason why it has none."""
    ebauche = ebauche_neutre(grille, regle, situation)
    if regle.desactivee is not None:
        ebauche.ecarter(Raison.REGLE_DESACTIVEE)
        return ebauche
    ebauche.faits = faits_lus(regle, situation)
    if not tient(regle.quand, situation):
        ebauche.ecarter(Raison.CONDITION_NON_REMPLIE)
        return ebauche
    valeur = valeur_de(regle, situation)
    if valeur is None:
        ebauche.ecarter(Raison.HORS_BAREME)
        return ebauche
    ebauche.valeur, ebauche.etablie = valeur, True
    if ebauche.preuve.rang < regle.preuve.exigence.rang:
        if regle.preuve.sinon is SansPreuve.NON_COMPTEE:
            ebauche.ecarter(Raison.PREUVE_MANQUANTE)
        ebauche.attend_preuve = True
    return ebauche


def valeur_de(regle: Regle, situation: Situation) -> Decimal | None:
    """What the effect of a rule gives; None when it gives no value."""
    match regle.effet:
        case Points(valeur=valeur) | Coefficient(valeur=valeur):
            return valeur
        case Cumul():
            return _cumul(regle.effet, situation)
        case Tranches():
            return _tranche(regle.effet, situation)
        case Variantes(variantes=variantes):
            return next((variante.valeur for variante in variantes if tient(variante.quand, situation)), None)


def _cumul(effet: Cumul, situation: Situation) -> Decimal | None:
    mesure = nombre(mesurer(effet.mesure, situation))
    if mesure is None:
        return None
    produit = floor(mesure) * effet.valeur + 0  # + 0: Decimal makes "-0" of zero times a malus
    if effet.plafond is None:
        return produit
    return min(produit, effet.plafond) if effet.valeur >= 0 else max(produit, effet.plafond)


def _tranche(effet: Tranches, situation: Situation) -> Decimal | None:
    mesure = nombre(mesurer(effet.mesure, situation))
    if mesure is None:
        return None
    franchies = Decimal(0)
    for tranche in effet.tranches:
        franchies += tranche.valeur
        depuis = tranche.mini is None or tranche.mini <= mesure
        if depuis and (tranche.maxi is None or mesure < tranche.maxi):
            return franchies if effet.cumulatif else tranche.valeur
    return None


def faits_lus(regle: Regle, situation: Situation) -> dict[str, object]:
    """Each measure of a rule, in reading order, with what it gives; of two under one key, the first."""
    lus: dict[str, object] = {}
    for mesure in _mesures(regle):
        lus.setdefault(cle(mesure), mesurer(mesure, situation))
    return lus


def _mesures(regle: Regle) -> Iterator[Mesure]:
    conditions = [regle.quand]
    if isinstance(regle.effet, Variantes):
        conditions += [variante.quand for variante in regle.effet.variantes]
    for condition in conditions:
        for feuille in feuilles(condition):
            yield feuille.mesure
    if isinstance(regle.effet, Cumul | Tranches):
        yield regle.effet.mesure


def cle(mesure: Mesure) -> str:
    """The name of a measure among the facts of a line."""
    match mesure:
        case Champ(chemin=chemin):
            return chemin
        case MoisDepuis(chemin=chemin):
            return f"mois_depuis({chemin})"
        case NombreDe(chemin=chemin):
            return f"nombre({chemin})"


def ebauche_d_evenement(grille: Grille, effet: EffetEvenement, situation: Situation) -> Ebauche:
    """The line of an event effect (step 6)."""
    comptes = evenements_comptes(situation, effet.evenements, effet.expire_mois, effet.seulement_si)
    ebauche = ebauche_d_evenement_neutre(grille, effet)
    ebauche.faits = {cle(NombreDe(effet.evenements)): len(comptes)}
    if not comptes:
        ebauche.ecarter(Raison.AUCUN_EVENEMENT)
        return ebauche
    ebauche.valeur = effet.valeur * len(comptes) if effet.par_evenement else effet.valeur
    ebauche.etablie = True
    ebauche.expire_le = _expiration(effet, comptes, situation)
    return ebauche


def ebauche_d_evenement_neutre(grille: Grille, effet: EffetEvenement) -> Ebauche:
    """The line of an event effect of which nothing is established."""
    preuve, bornes = NiveauPreuve.DECLARE, grille.bornes_regle
    return Ebauche(effet.id, effet.bloc, effet.libelle, Role.POINTS, Decimal(0), preuve, bornes, etablie=False)


def _expiration(effet: EffetEvenement, comptes: list[Evenement], situation: Situation) -> date | None:
    if effet.expire_mois is None:
        return None
    jours = [_expire_le(evenement, effet.expire_mois, situation) for evenement in comptes]
    connus = [jour_connu for jour_connu in jours if jour_connu is not None]
    if effet.par_evenement:
        return min(connus, default=None)
    return max(connus) if len(connus) == len(jours) else None


def _expire_le(evenement: Evenement, mois: int, situation: Situation) -> date | None:
    survenu = jour(evenement.faits.get("date"))
    if survenu is not None:
        return _mois_plus_tard(survenu, mois)
    depot, apres_depot = jour(fait(situation.faits, DEPOT)), nombre(evenement.faits.get("mois_apres_depot"))
    if depot is None or apres_depot is None:
        return None
    return _mois_plus_tard(depot, floor(apres_depot) + mois)


def _mois_plus_tard(depuis: date, mois: int) -> date | None:
    """Unknown past the last day of the calendar."""
    try:
        return ajouter_mois(depuis, mois)
    except ValueError:
        return None
