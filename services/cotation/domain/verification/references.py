"""Faults of names: an id used twice, a rule or a bloc that does not exist, a base that is not one."""

from collections import Counter
from collections.abc import Iterable, Iterator

from services.cotation.domain.faute import Faute, plus_proche
from services.cotation.domain.grille import Grille, Mode, ModeGroupe, Nature
from services.cotation.domain.lecture import Lecture
from services.cotation.domain.lecture.mots import FORMAT_0_1, Mots


def fautes_de_noms(lecture: Lecture) -> Iterator[Faute]:
    """Every fault of this kind."""
    grille, mots = lecture.grille, lecture.mots
    yield from _doubles((r.id for r in grille.regles), mots.regles, "critères")
    yield from _doubles((b.id for b in grille.blocs), "blocs", "blocs")
    yield from _doubles((g.id for g in grille.groupes), mots.groupes, "groupes")
    yield from _blocs_des_regles(grille, mots)
    yield from _base(grille, mots)
    yield from _coefficients(grille, mots)
    yield from _groupes(grille, mots)
    yield from _regles_de_bloc(grille, mots)
    if mots.format != FORMAT_0_1:
        yield from _effets_evenements(grille)


def _doubles(ids: Iterable[str], cle: str, quoi: str) -> Iterator[Faute]:
    vus: set[str] = set()
    for rang, identifiant in enumerate(ids):
        if identifiant and identifiant in vus:
            yield Faute(
                "identifiant-en-double",
                f"/{cle}/{rang}/id",
                f"Deux {quoi} s'appellent « {identifiant} ».",
                "Donner à chacun son identifiant.",
            )
        vus.add(identifiant)


def _inconnu(code: str, pointeur: str, quoi: str, nom: str, connus: Iterable[str]) -> Faute:
    connus = tuple(connus)
    proche = plus_proche(nom, connus)
    remede = f"Écrire « {proche} » ?" if proche else f"{quoi}s de la grille : {', '.join(connus[:30]) or 'aucun'}."
    return Faute(code, pointeur, f"{quoi} « {nom[:80]} » : la grille n'en a pas de ce nom.", remede)


def _blocs_des_regles(grille: Grille, mots: Mots) -> Iterator[Faute]:
    blocs = {bloc.id for bloc in grille.blocs}
    for rang, regle in enumerate(grille.regles):
        if regle.bloc and regle.bloc not in blocs:
            yield _inconnu("bloc-inconnu", f"/{mots.regles}/{rang}/{mots.bloc}", "Bloc", regle.bloc, sorted(blocs))


def _base(grille: Grille, mots: Mots) -> Iterator[Faute]:
    if grille.mode is not Mode.BASE_PAR_COEFFICIENTS:
        return
    pointeur = "/aggregation/base_rule" if mots.format == FORMAT_0_1 else "/calcul/regle_de_base"
    base = next((regle for regle in grille.regles if regle.id == grille.regle_de_base), None)
    if base is None:
        nom = grille.regle_de_base
        yield (
            _inconnu("base-absente", pointeur, "Critère de base", nom, (r.id for r in grille.regles))
            if nom
            else Faute(
                "base-absente",
                pointeur,
                "Le mode base × coefficients demande un critère de base.",
                "Nommer le critère qui donne la base, d'ordinaire l'ancienneté.",
            )
        )
        return
    if base.nature is Nature.COEFFICIENT:
        yield Faute(
            "base-en-coefficient",
            pointeur,
            f"Le critère de base « {base.id} » donne un coefficient : il n'y aurait rien à multiplier.",
            "La base donne des points.",
        )
    if base.desactivee is not None:
        yield Faute(
            "base-desactivee", pointeur, "Le critère de base est désactivé : toute note serait nulle.", "L'activer."
        )


def _coefficients(grille: Grille, mots: Mots) -> Iterator[Faute]:
    if grille.mode is not Mode.ADDITIF:
        return
    for rang, regle in enumerate(grille.regles):
        if regle.nature is Nature.COEFFICIENT:
            yield Faute(
                "coefficient-sans-base",
                f"/{mots.regles}/{rang}",
                f"« {regle.id} » donne un coefficient dans une grille additive.",
                "Donner des points, ou passer au mode base × coefficients.",
            )


def _groupes(grille: Grille, mots: Mots) -> Iterator[Faute]:
    regles = {regle.id: regle for regle in grille.regles}
    for rang, groupe in enumerate(grille.groupes):
        pointeur = f"/{mots.groupes}/{rang}/{mots.regles}"
        for place, nom in enumerate(groupe.regles):
            if nom not in regles:
                yield _inconnu("regle-absente", f"{pointeur}/{place}", "Critère", nom, regles)
            elif nom == grille.regle_de_base:
                yield Faute(
                    "base-dans-un-groupe",
                    f"{pointeur}/{place}",
                    f"La base « {nom} » est dans un groupe d'exclusion : elle pourrait disparaître.",
                    "L'ôter du groupe.",
                )
        for nom, fois in Counter(groupe.regles).items():
            if fois > 1:
                yield Faute(
                    "identifiant-en-double",
                    pointeur,
                    f"« {nom} » est {fois} fois dans le groupe.",
                    "L'y mettre une fois.",
                )
        natures = {regles[nom].nature for nom in groupe.regles if nom in regles}
        if len(natures) > 1 and groupe.mode in (ModeGroupe.MAX, ModeGroupe.MIN):
            yield Faute(
                "natures-melangees",
                pointeur,
                "Le groupe compare des points à des coefficients.",
                "Faire deux groupes, ou choisir le mode « premier ».",
            )


def _regles_de_bloc(grille: Grille, mots: Mots) -> Iterator[Faute]:
    cle, cles = (
        ("bloc_rules", ("skip_bloc", "if_any_points_in"))
        if mots.format == FORMAT_0_1
        else ("regles_de_bloc", ("ecarte", "si_points_dans"))
    )
    blocs = [bloc.id for bloc in grille.blocs]
    base = next((regle.bloc for regle in grille.regles if regle.id == grille.regle_de_base), None)
    for rang, regle in enumerate(grille.regles_de_bloc):
        for nom, ou in zip((regle.ecarte, regle.si_points_dans), cles, strict=True):
            if nom and nom not in blocs:
                yield _inconnu("bloc-inconnu", f"/{cle}/{rang}/{ou}", "Bloc", nom, blocs)
        if regle.ecarte == regle.si_points_dans:
            yield Faute(
                "bloc-qui-s-ecarte", f"/{cle}/{rang}", f"Le bloc « {regle.ecarte} » s'écarterait lui-même.", "Corriger."
            )
        if base is not None and regle.ecarte == base:
            yield Faute(
                "base-ecartee",
                f"/{cle}/{rang}/{cles[0]}",
                "Ce bloc contient la base : l'écarter annulerait la note.",
                "Mettre la base dans un bloc à part.",
            )


def _effets_evenements(grille: Grille) -> Iterator[Faute]:
    regles, blocs = {regle.id for regle in grille.regles}, [bloc.id for bloc in grille.blocs]
    vus: set[str] = set()
    for rang, effet in enumerate(grille.effets_evenements):
        pointeur = f"/effets_evenements/{rang}"
        if effet.id and effet.id in regles | vus:
            yield Faute(
                "identifiant-en-double",
                f"{pointeur}/id",
                f"« {effet.id} » est déjà pris.",
                "Donner un autre identifiant.",
            )
        vus.add(effet.id)
        if effet.bloc is not None and effet.bloc not in blocs:
            yield _inconnu("bloc-inconnu", f"{pointeur}/bloc", "Bloc", effet.bloc, blocs)
