"""The top level of `cotation-grid/0.1` (shared grids/README.md)."""

from dataclasses import replace

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.condition import Condition
from services.cotation.domain.faute import Gravite
from services.cotation.domain.grille import (
    Bloc,
    Bornes,
    EffetEvenement,
    Grille,
    HorsCotation,
    Mode,
    Portee,
    Regle,
    RegleDeBloc,
    RemiseAZero,
    Segment,
    Territoire,
)
from services.cotation.domain.lecture.commun import lire_bloc_de, lire_groupe, lire_regles, liste
from services.cotation.domain.lecture.conditions import MOIS_MAX, LecteurConditions
from services.cotation.domain.lecture.exemples import lire_exemple
from services.cotation.domain.lecture.mots import FORMAT_0_1, MOTS_0_1
from services.cotation.domain.lecture.noeud import Noeud
from services.cotation.domain.lecture.portee import motif_de_flux, motifs_de_portee
from services.cotation.domain.lecture.regles import lire_bornes, lire_bornes_propres

ANNOTATIONS = MOTS_0_1.annotations
CLES = frozenset(
    {
        "format",
        "id",
        "name",
        "territory",
        "year",
        "status",
        "completeness",
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
FORMULE = "base*(1+sum(coef-1))"
STATUTS = {
    "draft": "brouillon",
    "experimental": "experimentale",
    "adopted": "adoptee",
    "published": "publiee",
    "superseded": "remplacee",
}
EVENEMENTS = {"refusal": "demande.refus", "prospection_refusal": "demande.refus_prospection"}


def lire_0_1(racine: Noeud, catalogue: Catalogue) -> Grille:
    """The grid of a 0.1 document; unknown keys of its top level are warnings, elsewhere faults."""
    racine.objet({*CLES, *ANNOTATIONS}, tolere=Gravite.AVERTISSEMENT)
    conditions = LecteurConditions(MOTS_0_1, catalogue)
    regles = lire_regles(racine.fils("rules"), conditions)
    segment, portee, hors = _portee(racine)
    mode, base = _aggregation(racine.fils("aggregation"))
    regle, total, par_bloc = _plafonds(racine.fils("caps"))
    remises, effets = _decay(racine.fils("decay"), conditions, regles)
    statut, version = racine.fils("status"), racine.fils("version")
    return Grille(
        id=racine.fils("id").identifiant(),
        nom=racine.fils("name").texte(),
        format=FORMAT_0_1,
        territoire=_territoire(racine.fils("territory")),
        version="1" if version.absent else version.texte(),
        mode=mode,
        regle_de_base=base,
        regles=regles,
        blocs=_blocs(racine.fils("blocs"), par_bloc),
        statut="brouillon" if statut.absent else statut.mot(STATUTS, "brouillon", "statut"),
        segment=segment,
        portee=portee,
        hors_cotation=(*motifs_de_portee(segment, portee, ()), *hors),
        bornes_regle=regle,
        bornes_total=total,
        groupes=liste(racine.fils("exclusion_groups"), lambda n: lire_groupe(n, conditions)),
        regles_de_bloc=liste(racine.fils("bloc_rules"), _regle_de_bloc),
        remises_a_zero=remises,
        effets_evenements=effets,
        exemples=liste(racine.fils("examples"), lambda n: lire_exemple(n, MOTS_0_1)),
    )


def _territoire(noeud: Noeud) -> Territoire:
    if noeud.absent:
        noeud.faute(
            "territoire-absent", "La grille ne dit pas son territoire.", "Ajouter « territory ».", Gravite.AVERTISSEMENT
        )
        return Territoire("inconnu", "non précisé")
    noeud.objet({"type", "name", *ANNOTATIONS})
    return Territoire(noeud.fils("type").texte(), noeud.fils("name").texte())


def _portee(racine: Noeud) -> tuple[Segment, Portee, tuple[HorsCotation, ...]]:
    segment, scope = racine.fils("segment"), racine.fils("scope")
    lu = Segment.TOUS if segment.absent else segment.mot(MOTS_0_1.segments, Segment.TOUS, "segment")
    if scope.absent or not scope.objet({"territory_match", "out_of_scope", *ANNOTATIONS}):
        return lu, Portee.LIEU_SOUHAITE, ()
    lieu = scope.fils("territory_match")
    portee = Portee.LIEU_SOUHAITE if lieu.absent else lieu.mot(MOTS_0_1.portees, Portee.LIEU_SOUHAITE, "portee")
    return lu, portee, liste(scope.fils("out_of_scope"), lambda n: motif_de_flux(n.identifiant()))


def _aggregation(noeud: Noeud) -> tuple[Mode, str | None]:
    if not noeud.objet({"mode", "base_rule", "formula", *ANNOTATIONS}):
        return Mode.ADDITIF, None
    mode = noeud.fils("mode").mot(MOTS_0_1.modes, Mode.ADDITIF, "mode")
    formule, base = noeud.fils("formula"), noeud.fils("base_rule")
    if mode is Mode.ADDITIF:
        for noeud_inutile in (formule, base):
            if not noeud_inutile.absent:
                noeud_inutile.faute("cle-inconnue", "Une grille additive n'a ni base ni formule.", "L'ôter.")
        return mode, None
    if not formule.absent and formule.texte().replace(" ", "") != FORMULE:
        formule.faute(
            "formule-inconnue",
            "Cette formule n'est pas celle du mode base × coefficients.",
            "Écrire « base * (1 + sum(coef - 1)) », ou ôter « formula ».",
        )
    return mode, base.texte() if not base.absent else None


def _plafonds(noeud: Noeud) -> tuple[Bornes, Bornes, Noeud]:
    cles = {"rule_max", "rule_min", "bloc", "total_max", "total_min"}
    if noeud.absent or not noeud.objet({*cles, *ANNOTATIONS}):
        return Bornes(), Bornes(), noeud.fils("bloc")
    regle = lire_bornes(noeud.fils("rule_min"), noeud.fils("rule_max"))
    return regle, lire_bornes(noeud.fils("total_min"), noeud.fils("total_max")), noeud.fils("bloc")


def _blocs(noeud: Noeud, plafonds: Noeud) -> tuple[Bloc, ...]:
    blocs = liste(noeud, lambda n: lire_bloc_de(n, MOTS_0_1))
    if plafonds.absent or not plafonds.objet({bloc.id for bloc in blocs}):
        return blocs
    bornes = {bloc.id: _bornes_de_bloc(plafonds.fils(bloc.id)) for bloc in blocs if plafonds.a(bloc.id)}
    return tuple(replace(bloc, bornes=bornes.get(bloc.id, bloc.bornes)) for bloc in blocs)


def _bornes_de_bloc(noeud: Noeud) -> Bornes:
    if isinstance(noeud.valeur, dict):
        return lire_bornes_propres(noeud, MOTS_0_1) or Bornes()
    return lire_bornes(Noeud(None, noeud.pointeur, noeud.journal), noeud)


def _regle_de_bloc(noeud: Noeud) -> RegleDeBloc:
    noeud.objet({"skip_bloc", "if_any_points_in", *ANNOTATIONS})
    return RegleDeBloc(noeud.fils("skip_bloc").texte(), noeud.fils("if_any_points_in").texte())


def _decay(
    noeud: Noeud, conditions: LecteurConditions, regles: tuple[Regle, ...]
) -> tuple[tuple[RemiseAZero, ...], tuple[EffetEvenement, ...]]:
    lus = liste(noeud, lambda n: _effet_de_refus(n, conditions))
    remises = tuple(effet for effet in lus if isinstance(effet, RemiseAZero))
    points = [effet for effet in lus if isinstance(effet, EffetEvenement)]
    pris = {regle.id for regle in regles}
    nommes = []
    for rang, effet in enumerate(points, start=1):
        nom = "REFUS" if len(points) == 1 else f"REFUS_{rang}"
        while nom in pris:
            nom += "_EFFET"
        pris.add(nom)
        nommes.append(replace(effet, id=nom))
    return remises, tuple(nommes)


def _effet_de_refus(noeud: Noeud, conditions: LecteurConditions) -> RemiseAZero | EffetEvenement:
    noeud.objet({"trigger", "only_if", "effect", *ANNOTATIONS})
    evenements = noeud.fils("trigger").mot(EVENEMENTS, "demande.refus", "declencheur")
    si = noeud.fils("only_if")
    condition: Condition | None = None if si.absent else conditions.sur_evenement().condition(si)
    effet = noeud.fils("effect")
    genre = (
        effet.fils("kind").mot({"reset_seniority": True, "points": False}, False, "effet")
        if effet.objet((), tolere=None)
        else False
    )
    if genre:
        effet.objet({"kind", "from", *ANNOTATIONS})
        depuis = effet.fils("from")
        if not depuis.absent:
            depuis.mot({"refusal_date": True}, True, "origine")
        return RemiseAZero(evenements, condition)
    if isinstance(effet.valeur, dict):
        effet.objet({"kind", "value", "expires_after_months", "per_event", *ANNOTATIONS})
    return EffetEvenement(
        id="",
        libelle="Refus d'une proposition" if evenements == "demande.refus" else "Refus à la prospection",
        evenements=evenements,
        valeur=effet.fils("value").nombre(),
        seulement_si=condition,
        expire_mois=effet.fils("expires_after_months").entier_ou_rien(1, MOIS_MAX),
        par_evenement=effet.fils("per_event").booleen(defaut=True),
    )
