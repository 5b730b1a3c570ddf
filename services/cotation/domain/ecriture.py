"""A grid written in `cotation-grid/1.0`: the migration from 0.1, and the one way a grid is stored."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.cotation.domain.condition import (
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
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.grille import (
    Bornes,
    Coefficient,
    Cumul,
    Dates,
    EffetEvenement,
    Exemple,
    FaitLocal,
    Grille,
    Groupe,
    Nature,
    Points,
    Preuve,
    Regle,
    RemiseAZero,
    SansPreuve,
    Segment,
    Tranches,
    Variantes,
)
from services.cotation.domain.lecture.document import Lecture
from services.cotation.domain.lecture.mots import FORMAT_0_1, FORMAT_1_0, MOTS_0_1
from services.cotation.domain.lecture.portee import motifs_de_portee

ANNOTATIONS_0_1 = ("year", "status", "completeness")
Objet = dict[str, Any]


def migrer(lecture: Lecture) -> Objet:
    """The 1.0 document of a grid just read, valid; what 0.1 says without effect goes whole under `annotations`.

    Decimals are `Decimal`, to be written as JSON numbers: see `adapters` and the command line.
    """
    document = ecrire_grille(lecture.grille)
    if lecture.mots.format != FORMAT_0_1:
        return document
    brut = lecture.brut
    document["annotations"] = {cle: brut[cle] for cle in brut if cle in MOTS_0_1.annotations or cle in ANNOTATIONS_0_1}
    ignores = {cle: valeur for cle, valeur in brut.items() if cle not in CLES_LUES}
    document["annotations"] |= {cle: valeur for cle, valeur in ignores.items() if cle not in document["annotations"]}
    for ecrite, lue in zip(document["regles"], brut["rules"], strict=True):
        _annoter(ecrite, lue)
    for cle, ancienne in (("territoire", "territory"), ("calcul", "aggregation"), ("perimetre", "scope")):
        if isinstance(brut.get(ancienne), Mapping):
            _annoter(document[cle], brut[ancienne])
    decay = [item for item in brut.get("decay") or () if set(item) & MOTS_0_1.annotations]
    if decay:
        document["annotations"]["decay"] = decay
    groupes = brut.get("exclusion_groups") or ()
    for ecrite, lue in zip(document.get("groupes", ()), groupes, strict=True):
        _annoter(ecrite, lue)
    return document


CLES_LUES = frozenset(
    {
        "format",
        "id",
        "name",
        "territory",
        "segment",
        "scope",
        "aggregation",
        "caps",
        "blocs",
        "rules",
        "exclusion_groups",
        "bloc_rules",
        "decay",
        "examples",
        "version",
    }
)


def _annoter(ecrite: Objet, lue: Mapping[str, Any]) -> None:
    gardees = {cle: valeur for cle, valeur in lue.items() if cle in MOTS_0_1.annotations}
    gardees |= {f"{cle}_{sous}": v for cle, d in _sous(lue) for sous, v in d.items() if sous in MOTS_0_1.annotations}
    if gardees:
        ecrite["annotations"] = gardees


def _sous(lue: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(cle, valeur) for cle, valeur in lue.items() if cle == "when" and isinstance(valeur, Mapping)]


def ecrire_grille(grille: Grille) -> Objet:
    """The 1.0 document of a grid, in the order of the schema; what is at its default is left out."""
    derives = motifs_de_portee(grille.segment, grille.portee, grille.territoire.communes)
    propres = grille.hors_cotation[len(derives) :]
    territoire = grille.territoire
    document: Objet = {
        "format": FORMAT_1_0,
        "id": grille.id,
        "nom": grille.nom,
        "version": grille.version,
        "statut": grille.statut,
        "territoire": _sans_vide(
            {
                "type": territoire.type,
                "nom": territoire.nom,
                "code": territoire.code,
                "communes": [*territoire.communes],
            }
        ),
        "dates": _dates(grille.dates),
        "segment": None if grille.segment is Segment.TOUS else grille.segment.value,
        "perimetre": {
            "lieux": grille.portee.value,
            "hors_cotation": [{"code": m.code, "libelle": m.libelle, "quand": _condition(m.quand)} for m in propres],
        },
        "calcul": _sans_vide({"mode": grille.mode.value, "regle_de_base": grille.regle_de_base}),
        "bornes": _bornes(grille.bornes_regle, "regle_") | _bornes(grille.bornes_total, "total_"),
        "blocs": [_sans_vide({"id": b.id, "libelle": b.libelle, "bornes": _bornes(b.bornes)}) for b in grille.blocs],
        "regles": [_regle(regle) for regle in grille.regles],
        "groupes": [_groupe(groupe) for groupe in grille.groupes],
        "regles_de_bloc": [{"ecarte": r.ecarte, "si_points_dans": r.si_points_dans} for r in grille.regles_de_bloc],
        "remises_a_zero": [_remise(remise) for remise in grille.remises_a_zero],
        "effets_evenements": [_effet_evenement(effet) for effet in grille.effets_evenements],
        "departage": [
            {"champ": cle.champ, "ordre": "decroissant" if cle.decroissant else "croissant"} for cle in grille.departage
        ],
        "similarite": {"cle": [*grille.similarite.cle], "effectif_minimal": grille.similarite.effectif_minimal},
        "delai": {
            "indicateur": grille.delai.indicateur,
            "periode_mois": grille.delai.periode_mois,
            "cle": [*grille.delai.cle],
        },
        "textes": dict(grille.textes),
        "faits_locaux": [_fait_local(fait) for fait in grille.faits_locaux],
        "indicateurs": [
            _sans_vide({"champ": i.champ, "libelle": i.libelle, "unite": i.unite}) for i in grille.indicateurs
        ],
        "exemples": [_exemple(exemple) for exemple in grille.exemples],
    }
    obligatoires = {"blocs", "regles", "perimetre"}
    return {cle: valeur for cle, valeur in document.items() if cle in obligatoires or valeur not in (None, [], {})}


def _sans_vide(objet: Objet) -> Objet:
    return {cle: valeur for cle, valeur in objet.items() if valeur is not None and valeur not in ([], {})}


def _jour(jour: date | None) -> str | None:
    return jour.isoformat() if jour else None


def _dates(dates: Dates) -> Objet:
    return _sans_vide(
        {
            "adoptee_le": _jour(dates.adoptee_le),
            "publiee_le": _jour(dates.publiee_le),
            "applicable_du": _jour(dates.applicable_du),
            "applicable_au": _jour(dates.applicable_au),
        }
    )


def _bornes(bornes: Bornes, prefixe: str = "") -> Objet:
    return _sans_vide(
        {
            f"{prefixe}min": "aucune" if bornes.mini_sans else bornes.mini,
            f"{prefixe}max": "aucune" if bornes.maxi_sans else bornes.maxi,
        }
    )


def _constante(valeur: Scalaire) -> Any:
    return valeur.isoformat() if isinstance(valeur, date) else valeur


def _mesure(mesure: Mesure) -> Objet:
    match mesure:
        case Champ(chemin=chemin):
            return {"champ": chemin}
        case MoisDepuis(chemin=chemin):
            return {"mois_depuis": chemin}
        case NombreDe(chemin=chemin, fenetre_mois=fenetre, seulement_si=condition):
            si = _condition(condition) if condition is not None else None
            return _sans_vide({"nombre_de": chemin, "fenetre_mois": fenetre, "seulement_si": si})


def _condition(condition: Condition) -> Objet:
    match condition:
        case Toujours():
            return {"toujours": True}
        case Toutes(conditions=parties):
            return {"toutes": [_condition(partie) for partie in parties]}
        case Une(conditions=parties):
            return {"une": [_condition(partie) for partie in parties]}
        case Non(condition=partie):
            return {"non": _condition(partie)}
        case Feuille(mesure=mesure, operateur=operateur, valeurs=valeurs):
            plusieurs = operateur in (Operateur.ENTRE, Operateur.PARMI, Operateur.CONTIENT_UN_DE)
            valeur = [_constante(v) for v in valeurs] if plusieurs else _constante(valeurs[0])
            return {**_mesure(mesure), "operateur": operateur.value, "valeur": valeur}


def _regle(regle: Regle) -> Objet:
    bornes = None if regle.bornes is None else _bornes(regle.bornes)
    derogation = regle.derogation
    return _sans_vide(
        {
            "id": regle.id,
            "libelle": regle.libelle,
            "bloc": regle.bloc,
            "quand": _condition(regle.quand),
            **_effet(regle),
            "preuve": _preuve(regle.preuve),
            "desactivee": regle.desactivee,
            "sensible": regle.sensible or None,
            "derogation": _sans_vide(
                {"acteur": derogation.acteur, "motif": derogation.motif, "le": _jour(derogation.le)}
            )
            if derogation
            else None,
            "explication": regle.explication,
        }
    ) | ({} if bornes is None else {"bornes": bornes})


def _effet(regle: Regle) -> Objet:
    effet = regle.effet
    match effet:
        case Points(valeur=valeur):
            return {"points": valeur}
        case Coefficient(valeur=valeur):
            return {"coefficient": valeur}
        case Cumul(mesure=mesure, valeur=valeur, par=par, plafond=plafond):
            return {"cumul": _sans_vide({**_mesure(mesure), "par": par, "valeur": valeur, "plafond": plafond})}
        case Tranches(mesure=mesure, tranches=tranches, nature=nature, cumulatif=cumulatif):
            pas = [_sans_vide({"min": t.mini, "max": t.maxi}) | {nature.value: t.valeur} for t in tranches]
            return {"tranches": _sans_vide({**_mesure(mesure), "pas": pas, "cumulatif": cumulatif or None})}
        case Variantes(variantes=variantes, nature=nature):
            return {"variantes": [_variante(v.quand, v.valeur, v.libelle, nature) for v in variantes]}


def _variante(quand: Condition, valeur: Decimal, libelle: str | None, nature: Nature) -> Objet:
    return _sans_vide({"quand": _condition(quand), "libelle": libelle}) | {nature.value: valeur}


def _preuve(preuve: Preuve) -> Objet | None:
    if preuve == Preuve():
        return None
    return _sans_vide(
        {
            "exigence": preuve.exigence.value,
            "sinon": None if preuve.sinon is SansPreuve.PROVISOIRE else preuve.sinon.value,
            "presumee": preuve.presumee.value,
            "connue": None if preuve.connue else False,
        }
    )


def _groupe(groupe: Groupe) -> Objet:
    return _sans_vide({"id": groupe.id, "mode": groupe.mode.value, "regles": [*groupe.regles], "champ": groupe.champ})


def _remise(remise: RemiseAZero) -> Objet:
    si = _condition(remise.seulement_si) if remise.seulement_si else None
    return _sans_vide({"evenements": remise.evenements, "seulement_si": si})


def _effet_evenement(effet: EffetEvenement) -> Objet:
    return _sans_vide(
        {
            "id": effet.id,
            "libelle": effet.libelle,
            "bloc": effet.bloc,
            "evenements": effet.evenements,
            "seulement_si": _condition(effet.seulement_si) if effet.seulement_si else None,
            "points": effet.valeur,
            "par_evenement": effet.par_evenement,
            "expire_mois": effet.expire_mois,
        }
    )


def _fait_local(fait: FaitLocal) -> Objet:
    return _sans_vide(
        {
            "champ": fait.champ,
            "libelle": fait.libelle,
            "type": fait.type,
            "unite": fait.unite,
            "codes": [*fait.codes],
            "saisi_par": [*fait.saisi_par],
            "preuve": fait.preuve.value,
        }
    )


def _exemple(exemple: Exemple) -> Objet:
    lignes = {regle: None if valeur is None else ecrire(valeur) for regle, valeur in exemple.lignes.items()}
    attendu = _sans_vide(
        {
            "total": None if exemple.total is None else ecrire(exemple.total),
            "lignes": lignes,
            "facteur": None if exemple.facteur is None else ecrire(exemple.facteur),
            "provisoire": exemple.provisoire,
            "hors_cotation": exemple.hors_cotation,
        }
    )
    return _sans_vide({"id": exemple.id, "le": _jour(exemple.le)}) | {"faits": exemple.faits, "attendu": attendu}
