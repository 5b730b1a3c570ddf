"""One demande, drawn whole from a stream of uniform numbers (sections A to L)."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from demo import anciennete, donnees, logement, menage, ressources, souhaits, territoire
from demo.menage import Menage, Titulaire
from demo.modele import Adresse, Adulte, AutreNumero, Demande, Lieu
from demo.ressources import Ressources
from demo.territoire import Epci
from demo.tirages import Table, Uniforme, entier

CAPACITE = 1_000_000
"""Most demandes of one population: the sequence number of a numéro unique has six digits."""

_MELANGE, _DECALAGE = 715_827, 104_729
"""The multiplier is coprime with `CAPACITE`: it spreads sequence numbers without ever giving one twice."""

GUICHETS = {
    "67": Table({"GDPUB": 45, "G6701": 30, "G6702": 25}),
    "68": Table({"GDPUB": 42, "G6801": 25, "G6802": 21, "G6803": 12}),
}
"""Registering services by département (GDPUB: the public portal)."""

_JOURS_PAR_MOIS = 30.436875
_SANS_NUMERO_RECENTE, _SANS_NUMERO_AUTREMENT, _RECENTE_JOURS = 0.6, 0.02, 60
_DEUX_NUMEROS = 0.7
_CHAMP_VIDE = 0.12


def dessiner(uniforme: Uniforme, rang: int, le: date, bailleurs: Mapping[str, tuple[str, ...]]) -> Demande:
    """The demande of place `rang`; `bailleurs` are the SIREN, by département, that part of the social tenants tell."""
    jour = le.toordinal()
    epci = territoire.epcis()[territoire.choix_epci().tirer(uniforme)]
    foyer = menage.creer(uniforme, jour)
    situation = logement.motiver(uniforme)
    commune, code_postal = _residence(uniforme, epci)
    lieux = souhaits.choisir_lieux(uniforme, epci, commune if commune in epci.communes else None)
    depot = _depot(uniforme, epci, foyer, jour)
    renouvellement, fin = _validite(uniforme, depot, le)
    handicap = souhaits.a_un_handicap(uniforme, situation.motifs)
    declarations, total = ressources.declarer(
        uniforme, foyer, le.year, _lieux_de_travail(epci.siren), handicap=handicap
    )
    adultes = tuple(
        _adulte(uniforme, titulaire, foyer, declaration, rang)
        for titulaire, declaration in zip(foyer.titulaires, declarations, strict=True)
    )
    typologies = souhaits.choisir_typologies(uniforme, foyer.composition.taille)
    guichet = GUICHETS[epci.departement].tirer(uniforme)
    numero = _numero(uniforme, epci.departement, rang=rang, depot=depot, guichet=guichet, jour=jour)
    return Demande(
        rang=rang,
        numero=numero,
        guichet=guichet,
        depot=depot,
        renouvellement=renouvellement,
        fin_validite=fin,
        demandeur=adultes[0],
        adresse=_adresse(uniforme, commune, code_postal),
        cotitulaires=adultes[1:],
        a_charge=foyer.a_charge,
        en_garde=foyer.en_garde,
        attendus=foyer.attendus,
        logement=logement.decrire(
            uniforme,
            situation,
            foyer,
            le=jour,
            departement=epci.departement,
            total=total,
            bailleurs=bailleurs.get(epci.departement, ()),
        ),
        motifs=situation.motifs,
        precision_motif=situation.precision,
        expulsion=logement.expulser(uniforme, situation, jour),
        typologies=typologies,
        categorie_recherchee=souhaits.choisir_categorie(uniforme),
        elargie=souhaits.est_elargie(uniforme),
        lieux=lieux,
        loyer_maximum=total // 3 + 150 if uniforme() < 0.4 else None,
        accepte_qpv=None if uniforme() < _CHAMP_VIDE else uniforme() < 0.6,
        handicap=souhaits.decrire_handicap(uniforme, foyer) if handicap else None,
        dalo=souhaits.dalo(uniforme, jour, depot=depot, typologie=typologies[0], departement=epci.departement),
        labels=souhaits.labels(uniforme, jour, depot, situation),
        autres_numeros=_autres_numeros(uniforme, epci, lieux, rang=rang, depot=depot, jour=jour) if numero else (),
    )


def _residence(uniforme: Uniforme, epci: Epci) -> tuple[str, str]:
    """Commune and postal code where the household lives."""
    if uniforme() >= souhaits.PART_RESIDANT_DANS_L_EPCI:
        return territoire.HORS_EPCI.tirer(uniforme)
    commune = epci.communes[epci.residence.tirer(uniforme)]
    return commune.code, commune.codes_postaux[int(uniforme() * len(commune.codes_postaux))]


@cache
def _lieux_de_travail(siren: str) -> tuple[tuple[str, str], ...]:
    """Communes where people work, the larger ones only."""
    communes = territoire.epcis()[siren].communes.values()
    return tuple(
        (commune.code, commune.codes_postaux[0]) for commune in communes if territoire.habitants(commune) > 5000
    )


def _depot(uniforme: Uniforme, epci: Epci, foyer: Menage, jour: int) -> date:
    """Deposit: the seniority of the EPCI's stock, never before the demandeur came of age."""
    mois = anciennete.mois_en_attente(epci.siren).tirer(uniforme)
    jours = int((mois + uniforme()) * _JOURS_PAR_MOIS)
    majeur_depuis = jour - foyer.titulaires[0].naissance.toordinal() - int(18 * menage.JOURS_PAR_AN) - 1
    return date.fromordinal(jour - max(0, min(jours, majeur_depuis)))


def _validite(uniforme: Uniforme, depot: date, le: date) -> tuple[date | None, date]:
    """Last renewal and end of validity (D17), for a demande still valid on the day `le`."""
    anniversaires = le.year - depot.year - ((le.month, le.day) < (depot.month, depot.day))
    if anniversaires == 0:
        return None, _ans_apres(depot, 1)
    echeance = _ans_apres(depot, anniversaires)
    renouvellement = date.fromordinal(echeance.toordinal() - entier(uniforme, 0, 25))
    fin = _ans_apres(renouvellement, 1)
    return (renouvellement, fin) if fin >= le else (echeance, _ans_apres(echeance, 1))


def _ans_apres(jour: date, ans: int) -> date:
    """The same day years later; 28 February for a 29 that the year lacks."""
    bissextil = (jour.month, jour.day) == (2, 29)
    return jour.replace(year=jour.year + ans, day=28 if bissextil else jour.day)


def _numero(uniforme: Uniforme, departement: str, *, rang: int, depot: date, guichet: str, jour: int) -> str | None:
    """The numéro unique (demande.md §2.1); None when the register must issue it, mostly for recent deposits."""
    recente = jour - depot.toordinal() <= _RECENTE_JOURS
    if uniforme() < (_SANS_NUMERO_RECENTE if recente else _SANS_NUMERO_AUTREMENT):
        return None
    return composer_numero(departement, rang, depot, guichet)


def composer_numero(departement: str, rang: int, depot: date, guichet: str) -> str:
    """Territory, month and year of deposit, sequence, registering service: eighteen characters, unique by rang."""
    return f"0{departement}{depot.month:02}{depot.year % 100:02}{(rang * _MELANGE + _DECALAGE) % CAPACITE:06}{guichet}"


def _autres_numeros(
    uniforme: Uniforme, epci: Epci, lieux: tuple[Lieu, ...], *, rang: int, depot: date, jour: int
) -> tuple[AutreNumero, ...]:
    """The number held in the other département by most of those who ask there, with its own seniority."""
    autre = next((lieu.commune[:2] for lieu in lieux if lieu.commune[:2] != epci.departement), None)
    if autre is None or uniforme() >= _DEUX_NUMEROS:
        return ()
    depot_autre = date.fromordinal(entier(uniforme, depot.toordinal(), jour))
    guichet = GUICHETS[autre].tirer(uniforme)
    return (AutreNumero(composer_numero(autre, rang, depot_autre, guichet), autre, depot_autre),)


def _adresse(uniforme: Uniforme, commune: str, code_postal: str) -> Adresse:
    voies = donnees.voies()
    numero, voie = str(entier(uniforme, 1, 140)), voies[int(uniforme() * len(voies))]
    if uniforme() >= 0.35:
        return Adresse(numero, voie, code_postal, commune)
    return Adresse(
        numero,
        voie,
        code_postal,
        commune,
        batiment="ABCDEF"[int(uniforme() * 6)],
        escalier=None if uniforme() < 0.5 else str(entier(uniforme, 1, 3)),
        etage=str(entier(uniforme, 0, 9)),
        appartement=str(entier(uniforme, 1, 80)),
    )


def _adulte(uniforme: Uniforme, titulaire: Titulaire, foyer: Menage, declaration: Ressources, rang: int) -> Adulte:
    mel = telephone = None
    if titulaire.lien is None:
        if uniforme() >= _part_sans_courriel():
            mel = f"{donnees.sans_accent(titulaire.prenom)}.{donnees.sans_accent(titulaire.nom)}{rang}@example.org"
        if uniforme() >= _CHAMP_VIDE:
            telephone = f"063998{entier(uniforme, 0, 9999):04}"
    return Adulte(
        civilite=titulaire.civilite,
        nom=titulaire.nom,
        nom_patronymique=titulaire.patronyme,
        prenom=titulaire.prenom,
        naissance=titulaire.naissance,
        nationalite=_nationalites().tirer(uniforme),
        situation_familiale=foyer.situation,
        lien=titulaire.lien,
        telephone=telephone,
        mel=mel,
        emploi=declaration.emploi,
        revenu=declaration.revenu,
        recues=declaration.recues,
        versees=declaration.versees,
    )


@cache
def _part_sans_courriel() -> float:
    part: float = donnees.defauts()["qualite_des_donnees"]["courriel_absent"]
    return part


@cache
def _nationalites() -> Table[str]:
    return Table(donnees.poids(donnees.defauts()["nationalite"]))
