"""Facts of each place wished: territory, seniority there, mobility, links, local thresholds (scope `lieu` of the catalogue)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from contracts import territoire
from contracts.situation.fait import Provenance
from contracts.situation.lecture import LieuLu
from services.demande.domain.delais import delai_anormalement_long_le
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Emploi, Lieu
from services.demande.domain.eligibilite import est_du_premier_quartile, part_du_plafond
from services.demande.domain.plafonds import Financement, PlafondInconnu, Zone, zone
from services.demande.domain.situation.foyer import Foyer
from services.demande.domain.situation.logement import commune_actuelle
from services.demande.domain.situation.priorites import DALO_ACTIF
from services.demande.domain.situation.recueil import Echeances, Recueil
from services.demande.domain.situation.reperes import Reperes
from services.demande.domain.situation.ressources import Moyens

_REGISTRE = Provenance.REGISTRE
_AVEC_LIEU_DE_TRAVAIL = frozenset({"CDI", "CDD", "ART", "APP"})
"""Contracts that have a workplace, known or not (codelist type_contrat_travail)."""


@dataclass(frozen=True, slots=True)
class Attaches:
    """Where the household lives and works, prepared once for all its places.

    residence: INSEE code, None when not known; etranger: it lives abroad. travail: the communes where its adults work;
    travail_inconnu: some adult may work elsewhere. principal: workplace of the first adult who tells one.
    """

    residence: str | None
    etranger: bool
    travail: Sequence[str]
    travail_inconnu: bool
    principal: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A commune wished, in its territory. racine: of an arrondissement, its commune; code: of the number's territory."""

    racine: str
    epci: str | None
    departement: str
    code: str


class Lieux:
    """The facts of the places wished of one demande; what does not depend on the place is worked out once.

    categorie: for the ceilings; le: the day of the situation.
    """

    def __init__(
        self,
        demande: Demande,
        attaches: Attaches,
        moyens: Moyens,
        *,
        categorie: int | None,
        le: date,
        reperes: Reperes,
    ) -> None:
        self._demande = demande
        self._attaches = attaches
        self._moyens = moyens
        self._categorie = categorie
        self._le = le
        self._reperes = reperes
        self._parts: dict[Zone, Fraction | None] = {}
        self._quartiles: dict[str, bool | None] = {}
        declarations = demande.declarations
        self._souhaites_le = declarations.recherche or le
        self._declare_le = max((j for j in (declarations.recherche, declarations.personnes) if j), default=None)

    def lire(self, lieu: Lieu, rang: int, echeances: Echeances, *, elargie: bool = False) -> LieuLu:
        """One place, `rang`-th of the wishes from 1 (elargie: beyond them).

        A commune that is not of the vintage in force has no territory.
        """
        recueil = Recueil(self._souhaites_le)
        recueil.entier("lieu.rang", rang, provenance=_REGISTRE)
        recueil.poser("lieu.commune", lieu.commune, provenance=_REGISTRE)
        place = _place(lieu.commune) if territoire.existe(lieu.commune) else None
        if place is not None:
            recueil.poser("lieu.epci", place.epci, provenance=_REGISTRE)
            recueil.poser("lieu.departement", place.departement, provenance=_REGISTRE)
            self._anciennete(recueil, place, echeances)
            _mobilite(recueil, self._attaches, lieu, place, self._declare_le)
            _liens(recueil, self._attaches, place, self._declare_le)
            self._dalo(recueil, place)
            self._seuils(recueil, lieu, place, self._declare_le)
        epci = place.epci if place else None
        return LieuLu(lieu.commune, rang, quartier=lieu.quartier, epci=epci, faits=recueil.faits, elargie=elargie)

    def _anciennete(self, recueil: Recueil, place: _Place, echeances: Echeances) -> None:
        """Deposit in the territory of the place, whose seniority it founds (demande.md §2.2, D07).

        A place in a territory where no number is held yet has the deposit of the demande that names it: it was received
        that day, and the number that the register owes there would bear that date.
        """
        demande = self._demande
        depot = demande.autres_depots.get(place.code, demande.deposee_le)
        if depot is None:
            return
        recueil.poser("demande.date_depot", depot.isoformat(), le=depot, provenance=_REGISTRE)
        constate = place.code == demande.territoire and demande.dossier and demande.dossier.delai_anormalement_long
        if constate and demande.dossier:
            le = demande.dossier.delai_anormalement_long_le
            recueil.poser("demande.delai_anormalement_long", True, le=le, provenance=_REGISTRE)
            return
        delais = self._reperes.delais_anormalement_longs
        typologies = demande.recherche.typologies if demande.recherche else ()
        mois = min((delais[place.departement, t] for t in typologies if (place.departement, t) in delais), default=None)
        if mois is not None:
            depuis = delai_anormalement_long_le(depot, mois)
            echeances.noter(depuis)
            depasse = self._le >= depuis
            recueil.poser(
                "demande.delai_anormalement_long", depasse, le=depuis if depasse else depot, provenance=_REGISTRE
            )

    def _dalo(self, recueil: Recueil, place: _Place) -> None:
        dalo = self._demande.dossier.dalo if self._demande.dossier else None
        if dalo is not None and dalo.statut == DALO_ACTIF and dalo.departement is not None:
            recueil.poser(
                "dalo.dans_departement",
                dalo.departement == place.departement,
                le=dalo.decision_le,
                provenance=Provenance.LABEL,
            )

    def _seuils(self, recueil: Recueil, lieu: Lieu, place: _Place, le: date | None) -> None:
        recueil.poser("ressources.premier_quartile", self._premier_quartile(place.epci or ""), le=le)
        recueil.decimal("ressources.plafond_plus_pct", self._part_du_plafond(zone(lieu.commune)), le=le, fois=100)

    def _premier_quartile(self, epci: str) -> bool | None:
        """Whether the household is of the first quartile of an EPCI; None without its threshold, or without resources known."""
        if epci not in self._quartiles:
            seuil, par_uc = self._reperes.seuils_premier_quartile.get(epci), self._moyens.par_uc
            self._quartiles[epci] = None
            if seuil is not None and par_uc is not None:
                self._quartiles[epci] = est_du_premier_quartile(par_uc, seuil)
        return self._quartiles[epci]

    def _part_du_plafond(self, zone_: Zone) -> Fraction | None:
        """Income over the PLUS ceiling of a zone; None when not known, or before the first known table."""
        if zone_ not in self._parts:
            self._parts[zone_] = None
            if self._moyens.rfr_n2 is not None and self._categorie is not None:
                with suppress(PlafondInconnu):
                    self._parts[zone_] = part_du_plafond(
                        self._moyens.rfr_n2, self._categorie, zone_, Financement.PLUS, self._le
                    )
        return self._parts[zone_]


def attaches(foyer: Foyer) -> Attaches:
    """Where the household lives and works."""
    demandeur = foyer.demandeur.personne if foyer.demandeur else None
    emplois = [membre.personne.emploi for membre in foyer.titulaires]
    travail = [e.commune for e in emplois if e and e.commune and not e.etranger and territoire.existe(e.commune)]
    return Attaches(
        residence=commune_actuelle(foyer),
        etranger=bool(demandeur and demandeur.adresse and demandeur.adresse.etranger),
        travail=travail,
        travail_inconnu=not foyer.complet or any(_travaille_on_ne_sait_ou(emploi) for emploi in emplois),
        principal=travail[0] if travail else None,
    )


def distance_domicile_travail(recueil: Recueil, liens: Attaches, le: date | None) -> None:
    """Put the distance from the present commune to the workplace of the first adult who tells one."""
    _distance(recueil, "mobilite.distance_domicile_travail_m", liens.residence, liens.principal, le)


def _travaille_on_ne_sait_ou(emploi: Emploi | None) -> bool:
    if emploi is None or emploi.contrat is None:
        return True
    return emploi.contrat in _AVEC_LIEU_DE_TRAVAIL and emploi.commune is None and not emploi.etranger


def _mobilite(recueil: Recueil, liens: Attaches, lieu: Lieu, place: _Place, le: date | None) -> None:
    if liens.residence is not None:
        actuelle = _place(liens.residence)
        recueil.poser("mobilite.nature", _nature(actuelle, place), le=le)
        recueil.poser("lien.habite_commune", actuelle.racine == place.racine, le=le)
        if place.epci is not None:
            recueil.poser("lien.habite_epci", actuelle.epci == place.epci, le=le)
    elif liens.etranger:
        recueil.poser("mobilite.nature", "hors_epci", le=le)
        recueil.poser("lien.habite_commune", False, le=le)
        recueil.poser("lien.habite_epci", False, le=le)
    _distance(recueil, "mobilite.distance_domicile_m", liens.residence, lieu.commune, le)
    _distance(recueil, "mobilite.distance_travail_m", liens.principal, lieu.commune, le)


def _nature(actuelle: _Place, souhaitee: _Place) -> str:
    """Codelist mobilite_nature; Paris, Lyon and Marseille are one commune each, whatever the arrondissement."""
    if actuelle.racine == souhaitee.racine:
        return "meme_commune"
    return "dans_epci" if actuelle.epci is not None and actuelle.epci == souhaitee.epci else "hors_epci"


def _liens(recueil: Recueil, liens: Attaches, place: _Place, le: date | None) -> None:
    places = [_place(commune) for commune in liens.travail]
    ici = any(une.racine == place.racine for une in places)
    if ici or not liens.travail_inconnu:
        recueil.poser("lien.travaille_commune", ici, le=le)
    if place.epci is None:
        return
    dans_l_epci = any(une.epci == place.epci for une in places)
    if dans_l_epci or not liens.travail_inconnu:
        recueil.poser("lien.travaille_epci", dans_l_epci, le=le)


def _distance(recueil: Recueil, chemin: str, origine: str | None, arrivee: str | None, le: date | None) -> None:
    if origine is not None and arrivee is not None:
        distance = _calcul_distance(origine, arrivee)
        if distance is not None:
            recueil.entier(chemin, distance.metres, le=le, estime=distance.estimee)


@lru_cache(maxsize=65_536)
def _calcul_distance(origine: str, arrivee: str) -> territoire.Distance | None:
    return territoire.distance(origine, arrivee)


@lru_cache(maxsize=4096)
def _place(commune: str) -> _Place:
    une = territoire.commune(commune)
    epci = territoire.epci_de(commune)
    return _Place(
        racine=une.arrondissement_de or une.code,
        epci=epci.siren if epci else None,
        departement=une.departement,
        code=territoire.code_territoire(commune),
    )
