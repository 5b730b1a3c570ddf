"""Who and what a grid is for: territory, segment, places wished, flows out of scope, turned into ordered conditions.

Source: shared note `cotation.md` G14, G15, G16; docs/cotation.md, step 1.
"""

from decimal import Decimal

from services.cotation.domain.catalogue import HORS_COTATION as FAIT_HORS_COTATION
from services.cotation.domain.condition import Champ, Condition, Feuille, Non, Operateur, Scalaire, Toutes, Une
from services.cotation.domain.grille import HorsCotation, Portee, Segment

MUTATION = "demande.est_mutation"
LIEU_COMMUNE = "lieu.commune"
LIEU_RANG = "lieu.rang"
COMMUNES_SOUHAITEES = "demande.communes_souhaitees"
PREMIER_CHOIX = "demande.commune_premier_choix"

LIBELLES_FLUX = {
    "accord_collectif_departemental": "Logement attribué au titre de l'accord collectif départemental",
    "relogement_de_droit": "Relogement de droit",
    "logement_temporaire": "Logement temporaire",
    "mutation_presentee_par_bailleur": "Mutation présentée par un bailleur",
    "relogement_anru": "Relogement au titre du renouvellement urbain",
}


def motifs_de_portee(segment: Segment, portee: Portee, communes: tuple[str, ...]) -> tuple[HorsCotation, ...]:
    """The out-of-scope reasons that segment and territory imply, in the order of docs/cotation.md."""
    motifs: list[HorsCotation] = []
    if segment is not Segment.TOUS:
        contraire = segment is Segment.PRIMO_DEMANDEUR
        public = "premières demandes" if contraire else "demandes de mutation"
        libelle = f"La grille est celle des {public}"
        motifs.append(HorsCotation("hors-segment", libelle, _feuille(MUTATION, Operateur.EGAL, contraire)))
    if communes:
        libelle = "Aucune commune souhaitée n'est dans le territoire de la grille"
        motifs.append(HorsCotation("hors-territoire", libelle, _hors_territoire(portee, communes)))
    if portee is Portee.PREMIER_CHOIX:
        second = _feuille(LIEU_RANG, Operateur.SUPERIEUR, Decimal(1))
        motifs.append(HorsCotation("lieu-non-premier-choix", "Seul le premier choix est coté", second))
    return tuple(motifs)


def motif_de_flux(code: str) -> HorsCotation:
    """The reason of a 0.1 out-of-scope code: the situation carries it in `demande.hors_cotation`."""
    libelle = LIBELLES_FLUX.get(code, code.replace("_", " ").capitalize())
    return HorsCotation(code, libelle, _feuille(FAIT_HORS_COTATION, Operateur.CONTIENT_UN_DE, code))


def _hors_territoire(portee: Portee, communes: tuple[str, ...]) -> Condition:
    liste = portee is Portee.LIEU_SOUHAITE
    voeux, operateur = (COMMUNES_SOUHAITEES, Operateur.CONTIENT_UN_DE) if liste else (PREMIER_CHOIX, Operateur.PARMI)
    return Une(
        (
            Toutes(
                (
                    _feuille(LIEU_COMMUNE, Operateur.EXISTE, True),
                    Non(_feuille(LIEU_COMMUNE, Operateur.PARMI, *communes)),
                )
            ),
            Toutes(
                (
                    _feuille(LIEU_COMMUNE, Operateur.EXISTE, False),
                    _feuille(voeux, Operateur.EXISTE, True),
                    Non(_feuille(voeux, operateur, *communes)),
                )
            ),
        )
    )


def _feuille(chemin: str, operateur: Operateur, *valeurs: Scalaire) -> Feuille:
    return Feuille(Champ(chemin), operateur, valeurs)
