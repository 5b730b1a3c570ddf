"""The one table from SNE codes to grid codes (design.md §8): each SNE code mapped, or not, with the reason.

The finer SNE codes are not lost: the situation keeps them beside (`logement_actuel.modeles`,
`situation_professionnelle.contrats`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from contracts.listes import liste


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line: a code of an SNE list, the fact it feeds and the grid code, or None for the reason given."""

    liste_sne: str
    code_sne: str
    fait: str
    code: str | None
    raison: str = ""


STATUTS_DU_PLUS_PRECAIRE = (
    *("sans_abri", "squat", "camping_caravaning", "hotel", "structure_hebergement", "centre_enfance_ou_maternel"),
    *("rhvs", "residence_sociale_foyer_pension", "sous_locataire_ou_heberge_temporaire", "chez_particulier"),
    *("chez_parents_ou_enfants", "parc_social", "parc_prive", "autre"),
)
"""The applicant may tick several present dwellings and a grid reads one: the most precarious wins. No source fixes this
order; it is chosen so that ticking one more box never costs points to a person without a home."""

_STATUT = "logement_actuel.statut"
_MOTIFS = "demande.motifs"
_METIER = "situation_professionnelle.statuts"
_LABELS = "labels"
_SANS_CODE = "aucune grille lue ne distingue cette situation ; le code du SNE reste lisible dans {}"

TABLE: tuple[Ligne, ...] = (
    Ligne("modele_logement", "HLM", _STATUT, "parc_social"),
    Ligne("modele_logement", "LP", _STATUT, "parc_prive"),
    Ligne("modele_logement", "RS", _STATUT, "residence_sociale_foyer_pension"),
    Ligne("modele_logement", "RHVS", _STATUT, "rhvs"),
    Ligne("modele_logement", "RE", _STATUT, "autre", _SANS_CODE.format("logement_actuel.modeles")),
    Ligne("modele_logement", "SLHT", _STATUT, "sous_locataire_ou_heberge_temporaire"),
    Ligne("modele_logement", "SH", _STATUT, "structure_hebergement"),
    Ligne("modele_logement", "CDEFCM", _STATUT, "centre_enfance_ou_maternel"),
    Ligne("modele_logement", "CPE", _STATUT, "chez_parents_ou_enfants"),
    Ligne("modele_logement", "CP", _STATUT, "chez_particulier"),
    Ligne("modele_logement", "LTG", _STATUT, "autre", _SANS_CODE.format("logement_actuel.modeles")),
    Ligne("modele_logement", "FONC", _STATUT, "autre", _SANS_CODE.format("logement_actuel.modeles")),
    Ligne("modele_logement", "POCC", _STATUT, "autre", _SANS_CODE.format("logement_actuel.modeles")),
    Ligne("modele_logement", "CAMCAR", _STATUT, "camping_caravaning"),
    Ligne("modele_logement", "HOT", _STATUT, "hotel"),
    Ligne("modele_logement", "SD", _STATUT, "sans_abri"),
    Ligne("modele_logement", "SQUAT", _STATUT, "squat"),
    Ligne("motif_demande", "01", _MOTIFS, "sans_logement_ou_heberge"),
    Ligne("motif_demande", "02", _MOTIFS, "demolition"),
    Ligne("motif_demande", "03", _MOTIFS, "logement_non_decent_insalubre"),
    Ligne("motif_demande", "04", _MOTIFS, "logement_repris_ou_vendu"),
    Ligne("motif_demande", "05", _MOTIFS, "procedure_expulsion"),
    Ligne("motif_demande", "06", _MOTIFS, "violences_familiales"),
    Ligne("motif_demande", "07", _MOTIFS, "handicap"),
    Ligne("motif_demande", "08", _MOTIFS, "sante"),
    Ligne("motif_demande", "09", _MOTIFS, "logement_trop_cher"),
    Ligne("motif_demande", "10", _MOTIFS, "logement_trop_grand"),
    Ligne("motif_demande", "11", _MOTIFS, "divorce_separation"),
    Ligne("motif_demande", "12", _MOTIFS, "decohabitation"),
    Ligne("motif_demande", "13", _MOTIFS, "logement_trop_petit"),
    Ligne("motif_demande", "14", _MOTIFS, "mise_en_couple"),
    Ligne("motif_demande", "15", _MOTIFS, "regroupement_familial"),
    Ligne("motif_demande", "16", _MOTIFS, "assistant_maternel_ou_familial"),
    Ligne("motif_demande", "17", _MOTIFS, "environnement_voisinage"),
    Ligne("motif_demande", "18", _MOTIFS, "mobilite_professionnelle"),
    Ligne("motif_demande", "19", _MOTIFS, "rapprochement_travail"),
    Ligne("motif_demande", "20", _MOTIFS, "rapprochement_services"),
    Ligne("motif_demande", "21", _MOTIFS, "rapprochement_famille"),
    Ligne("motif_demande", "22", _MOTIFS, "accedant_en_difficulte"),
    Ligne("motif_demande", "23", _MOTIFS, "autre"),
    Ligne("type_contrat_travail", "CDI", _METIER, "cdi"),
    Ligne(
        "type_contrat_travail",
        "CDD",
        _METIER,
        "cdd",
        "le SNE a un seul code pour CDD, stage et intérim : stage et interim ne viennent que d'une pièce vérifiée",
    ),
    Ligne(
        "type_contrat_travail",
        "ART",
        _METIER,
        "autre",
        _SANS_CODE.format("situation_professionnelle.contrats"),
    ),
    Ligne("type_contrat_travail", "CHO", _METIER, "chomage"),
    Ligne("type_contrat_travail", "APP", _METIER, "apprenti"),
    Ligne(
        "type_contrat_travail",
        "ETU",
        _METIER,
        "autre",
        _SANS_CODE.format("situation_professionnelle.contrats"),
    ),
    Ligne(
        "type_contrat_travail",
        "RET",
        _METIER,
        "autre",
        _SANS_CODE.format("situation_professionnelle.contrats"),
    ),
    Ligne("type_contrat_travail", "AUT", _METIER, "autre"),
    Ligne("accord_collectif", "ACD", _LABELS, "ACD"),
    Ligne("accord_collectif", "ACI", _LABELS, "ACI"),
    Ligne("accord_collectif", "AUCUN", _LABELS, None, "l'absence d'accord collectif n'est pas un label"),
    Ligne("accord_collectif", "NONDOC", _LABELS, None, "un champ non renseigné n'est pas un label"),
    Ligne("statut_dalo", "ACTIF", _LABELS, "DALO"),
    Ligne("statut_dalo", "NON", _LABELS, None, "l'absence de décision favorable n'est pas un label"),
    Ligne("statut_dalo", "CADUC", _LABELS, None, "une décision caduque n'ouvre plus de priorité"),
    Ligne("statut_dalo", "ACTREL", _LABELS, None, "le ménage reconnu a été relogé : la priorité est servie"),
)


@cache
def correspondance(liste_sne: str) -> Mapping[str, Ligne]:
    """The lines of one SNE list, by SNE code. Raises KeyError for a list that the table does not map."""
    lignes = {ligne.code_sne: ligne for ligne in TABLE if ligne.liste_sne == liste_sne}
    if not lignes:
        raise KeyError(f"La liste « {liste_sne} » n'a pas de correspondance avec les codes des grilles.")
    return MappingProxyType(lignes)


def traduire(liste_sne: str, codes_sne: Iterable[str]) -> tuple[str, ...]:
    """Grid codes of some SNE codes, in their order, without repetition; what is unmapped is left out.

    Raises CodeInconnu when a code is not in the SNE list, KeyError when the list has no mapping.
    """
    lignes = correspondance(liste_sne)
    traduits = [lignes[liste(liste_sne).valeur(code).code].code for code in codes_sne]
    return tuple(dict.fromkeys(code for code in traduits if code is not None))


def statut_logement(modeles: Iterable[str]) -> str | None:
    """The one status of the present dwelling, from all that was ticked; None when nothing was. Raises CodeInconnu."""
    return min(traduire("modele_logement", modeles), key=STATUTS_DU_PLUS_PRECAIRE.index, default=None)


def est_mutation(modeles: Iterable[str]) -> bool:
    """Whether the applicant is a social tenant: HLM among what was ticked (demande.md §5.2 H)."""
    return "HLM" in set(modeles)
