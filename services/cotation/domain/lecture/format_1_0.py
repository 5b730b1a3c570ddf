"""The top level of `cotation-grid/1.0`; its JSON Schema is `contracts/cotation-grid-1.0.schema.json`."""

from contracts.situation import TypeFait
from services.cotation.domain.catalogue import PREFIXE_LOCAL, Catalogue
from services.cotation.domain.condition import ANCIENNETE
from services.cotation.domain.grille import (
    Bornes,
    Dates,
    Delai,
    Departage,
    EffetEvenement,
    FaitLocal,
    Grille,
    HorsCotation,
    Indicateur,
    Mode,
    NiveauPreuve,
    Portee,
    RegleDeBloc,
    RemiseAZero,
    Segment,
    Similarite,
    Territoire,
)
from services.cotation.domain.lecture.commun import lire_bloc_de, lire_groupe, lire_regles, liste
from services.cotation.domain.lecture.conditions import MOIS_MAX, LecteurConditions
from services.cotation.domain.lecture.exemples import lire_exemple
from services.cotation.domain.lecture.mots import FORMAT_1_0, MOTS_1_0, Mots
from services.cotation.domain.lecture.noeud import Noeud
from services.cotation.domain.lecture.portee import motifs_de_portee
from services.cotation.domain.lecture.regles import NIVEAUX, lire_bornes

CLES = frozenset(
    {
        "$schema",
        "format",
        "id",
        "nom",
        "version",
        "statut",
        "territoire",
        "dates",
        "segment",
        "perimetre",
        "calcul",
        "bornes",
        "blocs",
        "regles",
        "groupes",
        "regles_de_bloc",
        "remises_a_zero",
        "effets_evenements",
        "departage",
        "similarite",
        "delai",
        "textes",
        "faits_locaux",
        "indicateurs",
        "exemples",
        "annotations",
    }
)
STATUTS = {statut: statut for statut in ("brouillon", "experimentale", "adoptee", "publiee", "remplacee")}
TYPES = {genre.value: genre.value for genre in TypeFait}
SENS = {"decroissant": True, "croissant": False}
CODES_MAX = 2_000


def lire_1_0(racine: Noeud, catalogue: Catalogue) -> Grille:
    """The grid of a 1.0 document; catalogue: with the local facts that the same document declares."""
    racine.objet(CLES)
    conditions = LecteurConditions(MOTS_1_0, catalogue)
    territoire = _territoire(racine.fils("territoire"))
    segment = racine.fils("segment")
    lu = Segment.TOUS if segment.absent else segment.mot(MOTS_1_0.segments, Segment.TOUS, "segment")
    portee, hors = _perimetre(racine.fils("perimetre"), conditions)
    mode, base = _calcul(racine.fils("calcul"))
    regle, total = _bornes(racine.fils("bornes"))
    version, statut = racine.fils("version"), racine.fils("statut")
    return Grille(
        id=racine.fils("id").identifiant(),
        nom=racine.fils("nom").texte(),
        format=FORMAT_1_0,
        territoire=territoire,
        version="1" if version.absent else version.texte(),
        statut="brouillon" if statut.absent else statut.mot(STATUTS, "brouillon", "statut"),
        dates=_dates(racine.fils("dates")),
        segment=lu,
        portee=portee,
        hors_cotation=(*motifs_de_portee(lu, portee, territoire.communes), *hors),
        mode=mode,
        regle_de_base=base,
        bornes_regle=regle,
        bornes_total=total,
        blocs=liste(racine.fils("blocs"), lambda n: lire_bloc_de(n, MOTS_1_0)),
        regles=lire_regles(racine.fils("regles"), conditions),
        groupes=liste(racine.fils("groupes"), lambda n: lire_groupe(n, conditions)),
        regles_de_bloc=liste(racine.fils("regles_de_bloc"), _regle_de_bloc),
        remises_a_zero=liste(racine.fils("remises_a_zero"), lambda n: _remise(n, conditions)),
        effets_evenements=liste(racine.fils("effets_evenements"), lambda n: _effet(n, conditions)),
        departage=_departage(racine.fils("departage")),
        similarite=_similarite(racine.fils("similarite")),
        delai=_delai(racine.fils("delai")),
        textes=_textes(racine.fils("textes")),
        faits_locaux=tuple(catalogue.locaux.values()),
        indicateurs=liste(racine.fils("indicateurs"), _indicateur),
        exemples=liste(racine.fils("exemples"), lambda n: lire_exemple(n, MOTS_1_0)),
    )


def lire_faits_locaux(noeud: Noeud, mots: Mots) -> tuple[FaitLocal, ...]:
    """The facts that the region adds: read before the rules, which may use them."""
    return liste(noeud, lambda n: _fait_local(n, mots))


def _fait_local(noeud: Noeud, mots: Mots) -> FaitLocal:
    noeud.objet({"champ", "libelle", "type", "unite", "codes", "saisi_par", "preuve", *mots.annotations})
    champ, preuve = noeud.fils("champ"), noeud.fils("preuve")
    chemin = champ.chemin()
    if chemin and not chemin.startswith(PREFIXE_LOCAL):
        champ.faute(
            "fait-local-mal-nomme",
            f"Un fait local a un chemin qui commence par « {PREFIXE_LOCAL} ».",
            f"Écrire « {PREFIXE_LOCAL}{chemin} ».",
        )
    return FaitLocal(
        champ=chemin,
        libelle=noeud.fils("libelle").texte(),
        type=noeud.fils("type").mot(TYPES, TypeFait.BOOL.value, "type"),
        unite=noeud.fils("unite").texte_ou_rien(),
        codes=liste(noeud.fils("codes"), lambda n: n.texte(), CODES_MAX),
        saisi_par=liste(noeud.fils("saisi_par"), lambda n: n.texte()),
        preuve=NiveauPreuve.DECLARE if preuve.absent else preuve.mot(NIVEAUX, NiveauPreuve.DECLARE, "preuve"),
    )


def _territoire(noeud: Noeud) -> Territoire:
    if not noeud.objet({"type", "nom", "code", "communes", *MOTS_1_0.annotations}):
        return Territoire("inconnu", "non précisé")
    return Territoire(
        noeud.fils("type").texte(),
        noeud.fils("nom").texte(),
        noeud.fils("code").texte_ou_rien(),
        liste(noeud.fils("communes"), lambda n: n.texte(), CODES_MAX),
    )


def _perimetre(noeud: Noeud, conditions: LecteurConditions) -> tuple[Portee, tuple[HorsCotation, ...]]:
    if noeud.absent or not noeud.objet({"lieux", "hors_cotation", *MOTS_1_0.annotations}):
        return Portee.LIEU_SOUHAITE, ()
    lieux = noeud.fils("lieux")
    portee = Portee.LIEU_SOUHAITE if lieux.absent else lieux.mot(MOTS_1_0.portees, Portee.LIEU_SOUHAITE, "portee")
    return portee, liste(noeud.fils("hors_cotation"), lambda n: _hors_cotation(n, conditions))


def _hors_cotation(noeud: Noeud, conditions: LecteurConditions) -> HorsCotation:
    noeud.objet({"code", "libelle", "quand", *MOTS_1_0.annotations})
    return HorsCotation(
        noeud.fils("code").identifiant(),
        noeud.fils("libelle").texte(),
        conditions.condition(noeud.fils("quand")),
    )


def _calcul(noeud: Noeud) -> tuple[Mode, str | None]:
    if not noeud.objet({"mode", "regle_de_base", *MOTS_1_0.annotations}):
        return Mode.ADDITIF, None
    mode, base = noeud.fils("mode").mot(MOTS_1_0.modes, Mode.ADDITIF, "mode"), noeud.fils("regle_de_base")
    if mode is Mode.ADDITIF and not base.absent:
        base.faute("cle-inconnue", "Une grille additive n'a pas de critère de base.", "L'ôter.")
        return mode, None
    return mode, base.texte_ou_rien()


def _bornes(noeud: Noeud) -> tuple[Bornes, Bornes]:
    if noeud.absent or not noeud.objet({"regle_min", "regle_max", "total_min", "total_max", *MOTS_1_0.annotations}):
        return Bornes(), Bornes()
    regle = lire_bornes(noeud.fils("regle_min"), noeud.fils("regle_max"))
    return regle, lire_bornes(noeud.fils("total_min"), noeud.fils("total_max"))


def _dates(noeud: Noeud) -> Dates:
    if noeud.absent or not noeud.objet(
        {"adoptee_le", "publiee_le", "applicable_du", "applicable_au", *MOTS_1_0.annotations}
    ):
        return Dates()
    dates = Dates(
        noeud.fils("adoptee_le").jour_ou_rien(),
        noeud.fils("publiee_le").jour_ou_rien(),
        noeud.fils("applicable_du").jour_ou_rien(),
        noeud.fils("applicable_au").jour_ou_rien(),
    )
    if dates.applicable_du and dates.applicable_au and dates.applicable_au <= dates.applicable_du:
        noeud.fils("applicable_au").faute(
            "dates-inversees", "La grille cesserait de s'appliquer avant de commencer.", "Corriger l'une des dates."
        )
    return dates


def _regle_de_bloc(noeud: Noeud) -> RegleDeBloc:
    noeud.objet({"ecarte", "si_points_dans", *MOTS_1_0.annotations})
    return RegleDeBloc(noeud.fils("ecarte").texte(), noeud.fils("si_points_dans").texte())


def _remise(noeud: Noeud, conditions: LecteurConditions) -> RemiseAZero:
    noeud.objet({"evenements", "seulement_si", *MOTS_1_0.annotations})
    si = noeud.fils("seulement_si")
    return RemiseAZero(
        conditions.chemin(noeud.fils("evenements")),
        None if si.absent else conditions.sur_evenement().condition(si),
    )


def _effet(noeud: Noeud, conditions: LecteurConditions) -> EffetEvenement:
    noeud.objet(
        {
            "id",
            "libelle",
            "bloc",
            "evenements",
            "seulement_si",
            "points",
            "par_evenement",
            "expire_mois",
            *MOTS_1_0.annotations,
        }
    )
    si = noeud.fils("seulement_si")
    return EffetEvenement(
        id=noeud.fils("id").identifiant(),
        libelle=noeud.fils("libelle").texte(),
        evenements=conditions.chemin(noeud.fils("evenements")),
        valeur=noeud.fils("points").nombre(),
        bloc=noeud.fils("bloc").texte_ou_rien(),
        seulement_si=None if si.absent else conditions.sur_evenement().condition(si),
        expire_mois=noeud.fils("expire_mois").entier_ou_rien(1, MOIS_MAX),
        par_evenement=noeud.fils("par_evenement").booleen(defaut=True),
    )


def _departage(noeud: Noeud) -> tuple[Departage, ...]:
    if noeud.absent:
        return (Departage(ANCIENNETE, decroissant=True),)
    return liste(noeud, _cle_de_departage)


def _cle_de_departage(noeud: Noeud) -> Departage:
    noeud.objet({"champ", "ordre", *MOTS_1_0.annotations})
    return Departage(noeud.fils("champ").chemin(), noeud.fils("ordre").mot(SENS, True, "ordre"))


def _similarite(noeud: Noeud) -> Similarite:
    if noeud.absent or not noeud.objet({"cle", "effectif_minimal", *MOTS_1_0.annotations}):
        return Similarite()
    defaut = Similarite()
    cle = liste(noeud.fils("cle"), lambda n: n.identifiant())
    effectif = noeud.fils("effectif_minimal").entier_ou_rien(2, 1_000_000)
    return Similarite(cle or defaut.cle, effectif or defaut.effectif_minimal)


def _delai(noeud: Noeud) -> Delai:
    if noeud.absent or not noeud.objet({"indicateur", "periode_mois", "cle", *MOTS_1_0.annotations}):
        return Delai()
    defaut, indicateur = Delai(), noeud.fils("indicateur")
    connus = {"moyenne": "moyenne", "mediane": "mediane"}
    return Delai(
        defaut.indicateur if indicateur.absent else indicateur.mot(connus, "moyenne", "indicateur"),
        noeud.fils("periode_mois").entier_ou_rien(1, 120) or defaut.periode_mois,
        liste(noeud.fils("cle"), lambda n: n.identifiant()) or defaut.cle,
    )


def _textes(noeud: Noeud) -> dict[str, str]:
    if noeud.absent or not noeud.objet((), tolere=None):
        return {}
    return {cle: noeud.fils(cle).texte() for cle in noeud.valeur}


def _indicateur(noeud: Noeud) -> Indicateur:
    noeud.objet({"champ", "libelle", "unite", *MOTS_1_0.annotations})
    return Indicateur(noeud.fils("champ").chemin(), noeud.fils("libelle").texte(), noeud.fils("unite").texte_ou_rien())
