"""The facts of the engine's benchmarks: names and codes of the shared grids, ranges and thresholds to draw from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nombre:
    """A number of a situation. mini, maxi: scaled by `10**decimales`; seuils: what grids compare it with (unscaled).

    asymetrique: most values low; absents: share of situations without it.
    """

    mini: int
    maxi: int
    seuils: tuple[int, ...]
    decimales: int = 0
    asymetrique: bool = False
    absents: float = 0.0


NOMBRES = {
    "demande.anciennete_mois": Nombre(0, 239, (3, 6, 12, 18, 24, 30, 36, 48, 60, 84, 120), asymetrique=True),
    "demande.passages_cal": Nombre(0, 6, (1, 2, 3, 4), asymetrique=True),
    "menage.personnes": Nombre(1, 9, (2, 3, 4, 5, 6), asymetrique=True),
    "menage.enfants": Nombre(0, 6, (1, 2, 3, 4), asymetrique=True),
    "menage.age_demandeur": Nombre(18, 95, (21, 25, 30, 60, 65, 75, 80)),
    "logement_actuel.ecart_occupation": Nombre(-4, 6, (-2, -1, 0, 1, 2, 3)),
    "ressources.mensuelles": Nombre(0, 6000, (500, 800, 1100, 1500, 2000, 2600), asymetrique=True, absents=0.05),
    "ressources.taux_effort_pct": Nombre(0, 15000, (25, 30, 33, 40, 50, 60, 70), 2, asymetrique=True, absents=0.1),
    "ressources.reste_a_vivre": Nombre(-500, 9000, (5, 8, 10, 12, 15, 20, 30), 2, asymetrique=True, absents=0.1),
    "mobilite.distance_km": Nombre(0, 150, (5, 10, 20, 30, 50, 80), asymetrique=True, absents=0.4),
    "expulsion.stade": Nombre(0, 5, (1, 2, 3, 4), asymetrique=True),
}
BOOLEENS = (
    "menage.handicap",
    "demande.logement_adapte_demande",
    "expulsion.menace",
    "menage.grossesse",
    "situation_professionnelle.essentiel",
)
CODES = {
    "logement_actuel.statut": (
        *("residence_sociale_foyer_pension", "rhvs", "sous_locataire_ou_heberge_temporaire", "structure_hebergement"),
        *("centre_enfance_ou_maternel", "camping_caravaning", "hotel", "sans_abri", "squat", "chez_parents_ou_enfants"),
        *("chez_particulier", "parc_social", "parc_prive", "autre"),
    ),
    "mobilite.nature": ("hors_epci", "dans_epci", "meme_commune"),
    "menage.situation_familiale": ("celibataire", "marie", "pacse", "concubin", "separe", "divorce", "veuf"),
    "logement_actuel.zone": ("qpv", "acv", "periurbain", "rural", "centre"),
}
LISTES = {
    "demande.motifs": (
        *("sans_logement_ou_heberge", "demolition", "logement_non_decent_insalubre", "logement_repris_ou_vendu"),
        *("mobilite_professionnelle", "divorce_separation", "decohabitation", "violences_familiales", "trop_petit"),
        *("trop_grand", "trop_cher", "handicap", "sante", "rapprochement_travail", "rapprochement_famille", "autre"),
    ),
    "labels": ("DALO", "PDALHPD", "ACD", "ACDI", "AGI", "SIAO", "ASE", "ACT", "NPNRU"),
    "situation_professionnelle.statuts": ("cdi", "cdd", "stage", "interim", "chomage", "apprenti", "retraite", "autre"),
}
MOTS_DE_PREUVE = ("declare", "document", "label")
