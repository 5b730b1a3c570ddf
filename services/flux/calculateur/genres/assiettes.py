"""Kinds on the base: the base itself, relettings expected, a share's target when the base becomes known."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from services.flux.calculateur.affichage import Resultat
from services.flux.calculateur.champs import Compte, Effectif, Nombre, Pourcentage
from services.flux.calculateur.entrees import Bloc, Controle, Entrees
from services.flux.calculateur.fautes import Faute, pointeur
from services.flux.calculateur.genre import Genre
from services.flux.domain.arrondi import Arrondi, arrondir
from services.flux.domain.assiette import Liberations, assiette, remises_en_location
from services.flux.domain.indicateurs import ecart_flux
from services.flux.domain.objectifs import actualiser


class Soustraits(Bloc):
    """The five deductions of R441-5 I; one left out is 0."""

    mutations_internes: Compte = 0
    relogements_renouvellement_urbain: Compte = 0
    relogements_orcod_l741: Compte = 0
    relogements_l521_3: Compte = 0
    relogements_vente_l443_7: Compte = 0


class Reel(Bloc):
    """The same year as it turned out, whole or up to a day."""

    liberations: Compte
    dont_defense_securite_sante_identifies: Compte = 0
    dont_voues_vente_demolition: Compte = 0
    soustraits: Soustraits


class Base(Entrees):
    """The forecast of February, and the real figures once known: both are kept (F1)."""

    liberations_previsionnelles: Compte
    dont_defense_securite_sante_identifies: Compte = Field(0, description="Réservés nommément, hors flux (L3)")
    dont_voues_vente_demolition: Compte = Field(0, description="Hors champ (L9)")
    soustraits: Soustraits
    reel: Reel | None = Field(None, description="L'année réelle, entière ou en cours")


def _liberations(total: int, bloc: Any) -> Liberations:
    return Liberations(
        total,
        bloc.dont_defense_securite_sante_identifies,
        bloc.dont_voues_vente_demolition,
        bloc.soustraits.model_dump(),
    )


def _assez(champ: str, chemin: tuple[str, ...]) -> Controle:
    def verifier(entrees: Any) -> Iterator[Faute]:
        bloc = entrees.reel if len(chemin) == 2 else entrees
        if bloc is None:
            return
        annee = _liberations(getattr(bloc, chemin[-1]), bloc)
        retires = annee.identifies + annee.voues_vente_demolition + sum(annee.soustraits.values())
        if retires > annee.total:
            message = f"{retires} logements sont retirés de {annee.total} libérations."
            yield Faute(pointeur(chemin), "assiette-negative", message, "Vérifiez le total ou les retraits.")

    champs = ("reel",) if champ == "reel" else tuple(nom for nom in Base.model_fields if nom != "reel")
    return Controle(champs, verifier)


Base.CONTROLES = (
    _assez("", ("liberations_previsionnelles",)),
    _assez("reel", ("reel", "liberations")),
)


def _niveaux(annee: Liberations) -> Resultat:
    niveaux = assiette(annee)
    return {
        "liberations_dans_le_champ": niveaux.dans_le_champ,
        "total_soustraits": niveaux.soustraits,
        "assiette": niveaux.assiette,
    }


def base(entrees: Base) -> Resultat:
    """F1."""
    prevue = _niveaux(_liberations(entrees.liberations_previsionnelles, entrees))
    if entrees.reel is None:
        return prevue
    return {**prevue, "reel": _niveaux(_liberations(entrees.reel.liberations, entrees.reel))}


class Rotation(Entrees):
    """A park and its yearly mobility."""

    parc: Effectif
    taux_mobilite_percent: Pourcentage


def rotation(entrees: Rotation) -> Resultat:
    """F3."""
    exactes = remises_en_location(entrees.parc, entrees.taux_mobilite_percent)
    return {
        "remises_en_location_approx": arrondir(exactes, Arrondi.PROCHE),
        "remises_en_location_exact": exactes,
    }


class Actualisation(Entrees):
    """A share, the base forecast, and what is known of the real one."""

    part_percent: Pourcentage
    assiette_previsionnelle: Nombre
    assiette_reelle: Nombre | None = Field(None, description="Connue en fin d'année")
    assiette_a_date: Nombre | None = Field(None, description="Année en cours : ce qui s'est libéré jusqu'ici")
    assiette_restante_prevue: Nombre | None = Field(None, description="Année en cours : ce qui est encore attendu")
    realise: Compte


def _une_seule_base(entrees: Any) -> Iterator[Faute]:
    if entrees.assiette_reelle is not None and entrees.assiette_a_date is not None:
        message = "L'assiette est donnée pour l'année entière et pour l'année en cours."
        yield Faute("/assiette_a_date", "bases-concurrentes", message, "Gardez assiette_reelle une fois l'année finie.")
    if entrees.assiette_restante_prevue is not None and entrees.assiette_a_date is None:
        message = "Ce qui reste attendu s'ajoute à ce qui s'est libéré, qui manque."
        yield Faute("/assiette_a_date", "champ-manquant", message, "Donnez assiette_a_date.")


Actualisation.CONTROLES = (
    Controle(("assiette_reelle", "assiette_a_date", "assiette_restante_prevue"), _une_seule_base),
)


def actualisation(entrees: Actualisation) -> Resultat:
    """F9: the real base once known, else what was freed plus what is expected, else the forecast."""
    a_date = entrees.assiette_a_date
    restante = entrees.assiette_restante_prevue
    if entrees.assiette_reelle is not None:
        actuelle = entrees.assiette_reelle
    elif a_date is None:
        actuelle = entrees.assiette_previsionnelle
    elif restante is None:
        actuelle = max(a_date, entrees.assiette_previsionnelle)
    else:
        actuelle = a_date + restante
    calcul = actualiser(entrees.part_percent, entrees.assiette_previsionnelle, actuelle, entrees.realise)
    observee = entrees.assiette_reelle if a_date is None else a_date
    return {
        "objectif_previsionnel": calcul.previsionnel,
        "objectif_actualise": calcul.actualise,
        "taux_realisation_percent": None if calcul.taux_realisation is None else 100 * calcul.taux_realisation,
        "provisoire": entrees.assiette_reelle is None,
        "ecart_flux": None if observee is None else ecart_flux(entrees.realise, entrees.part_percent, observee),
    }


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "assiette",
        "Assiette du flux annuel",
        "libérations − identifiés − voués à la vente ou à la démolition − soustraits",
        ("CCH R441-5 I", "flux.md F1, L3, L8, L9"),
        Base,
        base,
        "AS-01",
    ),
    Genre(
        "rotation",
        "Remises en location attendues d'un parc",
        "parc × taux de rotation",
        ("arrêté du 10/03/2011 (DEVL1100394A) art. 1, 2°", "flux.md F3"),
        Rotation,
        rotation,
        "RA-01",
    ),
    Genre(
        "actualisation",
        "Objectif d'une part, prévu puis actualisé",
        "part × assiette prévue, puis part × assiette réelle (ou libérée à date + attendue)",
        ("CCH R441-5 I", "flux.md F9, §9"),
        Actualisation,
        actualisation,
        "ACT-01",
    ),
)
