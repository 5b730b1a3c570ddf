"""One orientation: state and dwelling in, decision and new state out; then what becomes of it (charged, returned)."""

from collections.abc import Sequence
from dataclasses import replace

from services.flux.domain.orientation import multi_axes, quota, tijdeman
from services.flux.domain.orientation.decision import Decision, Regle
from services.flux.domain.orientation.etat import Engagement, EtatOrientation, LogementAOrienter
from services.flux.domain.orientation.mouvements import Mouvement, defaire, plus, strates_de
from services.flux.domain.orientation.regles import GLOBALE, Methode, PartsLocales

_REGLES_A_SUITE = (Regle.TIJDEMAN, Regle.QUOTA)
"""Rules whose theorem covers the whole sequence, as long as every suggestion is followed."""


class OrientationRefusee(ValueError):
    """The dwelling cannot be oriented as asked; the message says why and what to do."""


def orienter(etat: EtatOrientation, logement: LogementAOrienter) -> Decision:
    """The tool's suggestion, taken. Same state and dwelling, same choice.

    Raises OrientationRefusee for an unknown perimeter, a dwelling already in progress, nobody eligible.
    Source: flux.md §8.
    """
    return _decider(etat, logement, None, None)


def retenir(etat: EtatOrientation, logement: LogementAOrienter, titulaire: str, motif: str) -> Decision:
    """The agent's choice of an eligible holder, with its reason; the suggestion is kept beside it.

    Raises OrientationRefusee as `orienter`, and when the holder has no right to this dwelling or the reason is empty.
    """
    if not motif.strip():
        raise OrientationRefusee("Un choix contraire à la suggestion se motive : donnez le motif.")
    return _decider(etat, logement, titulaire, motif)


def appliquer(
    etat: EtatOrientation, logement: LogementAOrienter, *, regle: Regle, suggestion: str, retenu: str
) -> EtatOrientation:
    """The counters after a decision already taken, from what was stored of it: nothing is decided again.

    Folding the stored decisions of a sequence gives its state, whatever rule a later version would follow.
    Raises OrientationRefusee as `retenir`.
    """
    mouvement, eligibles, total = _ouvrir(etat, logement)
    titulaire = _choisi(mouvement.etat, eligibles, retenu)
    suite = regle in _REGLES_A_SUITE and retenu == suggestion
    return _engager(mouvement, eligibles, total, titulaire, suite=suite)


def imputer(etat: EtatOrientation, logement_id: str) -> EtatOrientation:
    """The dwelling in progress is charged to its holder: credits were debited when it was oriented.

    Raises OrientationRefusee when no such dwelling is in progress.
    """
    engagement = _engagement(etat, logement_id)
    reste = {cle: un for cle, un in etat.en_cours.items() if cle != logement_id}
    return replace(etat, en_cours=reste, imputes=plus(etat.imputes, engagement.titulaire, 1))


def rendre(etat: EtatOrientation, logement_id: str) -> EtatOrientation:
    """The holder gives the dwelling back without a candidate.

    `rendu_compte`: its turn is spent, nothing moves. Otherwise the orientation is undone exactly: credits of all, debit
    of the holder, floors; the dwelling may then be oriented again. One oriented in a closed exercise moves no counter.
    Source: flux.md §3, §8, 6.
    """
    engagement = _engagement(etat, logement_id)
    reste = {cle: un for cle, un in etat.en_cours.items() if cle != logement_id}
    etat = replace(etat, en_cours=reste, rendus=plus(etat.rendus, engagement.titulaire, 1))
    if etat.regles.rendu_compte or engagement.exercice != etat.exercice:
        return etat
    return replace(defaire(etat, engagement), suite_reguliere=False)


def _decider(etat: EtatOrientation, logement: LogementAOrienter, choix: str | None, motif: str | None) -> Decision:
    avant = etat
    mouvement, eligibles, total = _ouvrir(etat, logement)
    etat = mouvement.etat
    complet = len(eligibles) == len(etat.regles.perimetres[logement.perimetre].numerateurs)
    suggere, regle = _suggerer(mouvement, eligibles, complet=complet)
    retenu = suggere if choix is None else _choisi(etat, eligibles, choix)
    suite = regle in _REGLES_A_SUITE and retenu == suggere
    apres = _engager(mouvement, eligibles, total, retenu, suite=suite)
    noms = etat.regles.titulaires
    return Decision(logement, etat.exercice, apres.rang, noms[suggere], noms[retenu], motif, regle, avant, apres)


def _ouvrir(etat: EtatOrientation, logement: LogementAOrienter) -> tuple[Mouvement, tuple[tuple[int, int], ...], int]:
    """The counters credited for this dwelling, who may take it with which numerators, and what these sum to."""
    eligibles = _eligibles(etat, logement, _locales(etat, logement))
    total = sum(numerateur for _, numerateur in eligibles)
    etat = etat if etat.denominateur % total == 0 else etat.sur(total)
    mouvement = Mouvement.ouvrir(etat, logement, _planchers_touches(etat, eligibles, logement))
    mouvement.crediter(eligibles, total)
    return mouvement, eligibles, total


def _engager(
    mouvement: Mouvement, eligibles: tuple[tuple[int, int], ...], total: int, titulaire: int, *, suite: bool
) -> EtatOrientation:
    etat, logement = mouvement.etat, mouvement.logement
    mouvement.debiter(titulaire)
    engagement = Engagement(logement, etat.exercice, titulaire, eligibles, total, mouvement.planchers)
    return EtatOrientation(
        regles=etat.regles,
        exercice=etat.exercice,
        rang=etat.rang + 1,
        denominateur=etat.denominateur,
        credits=mouvement.credits_apres(),
        recus=mouvement.recus_apres(titulaire),
        planchers_dus=tuple(mouvement.dus),
        imputes=etat.imputes,
        rendus=etat.rendus,
        en_cours={**etat.en_cours, logement.id: engagement},
        suite_reguliere=suite,
    )


def _suggerer(mouvement: Mouvement, eligibles: tuple[tuple[int, int], ...], *, complet: bool) -> tuple[int, Regle]:
    etat = mouvement.etat
    regles = etat.regles
    candidats = [r for r, _ in eligibles]
    parts = [0] * len(regles.titulaires)
    for r, numerateur in eligibles:
        parts[r] = numerateur
    if mouvement.planchers:
        presse = multi_axes.urgent(
            regles.planchers,
            mouvement.dus,
            mouvement.planchers,
            denominateur=etat.denominateur,
            parts=parts,
            n=len(candidats),
        )
        if presse is not None:
            return presse, Regle.PLANCHER
    globaux = mouvement.credits[GLOBALE]
    if regles.methode is not Methode.MULTI_AXES and etat.suite_reguliere and complet:
        if regles.methode is Methode.TIJDEMAN:
            return tijdeman.choisir(globaux, etat.denominateur, parts, candidats), Regle.TIJDEMAN
        return quota.choisir(globaux, etat.recus[GLOBALE], parts, candidats), Regle.QUOTA
    plusieurs_axes = regles.methode is Methode.MULTI_AXES
    strates = strates_de(mouvement.logement) if plusieurs_axes else (GLOBALE,)
    retenu = multi_axes.choisir(regles, mouvement.credits, strates, parts, candidats)
    sur_les_axes = plusieurs_axes and (regles.pondere_des_axes or not regles.poids_global)
    return retenu, Regle.MULTI_AXES if sur_les_axes else Regle.PLUS_EN_RETARD


def _locales(etat: EtatOrientation, logement: LogementAOrienter) -> PartsLocales:
    if logement.id in etat.en_cours:
        raise OrientationRefusee(f"Le logement {logement.id} est déjà orienté : imputez-le ou rendez-le d'abord.")
    locales = etat.regles.perimetres.get(logement.perimetre)
    if locales is None:
        connus = ", ".join(etat.regles.perimetres)
        raise OrientationRefusee(f"Périmètre {logement.perimetre} sans parts : les périmètres connus sont {connus}.")
    return locales


def _eligibles(
    etat: EtatOrientation, logement: LogementAOrienter, locales: PartsLocales
) -> tuple[tuple[int, int], ...]:
    if not logement.ecartes:
        return locales.numerateurs
    noms = etat.regles.titulaires
    eligibles = tuple((r, num) for r, num in locales.numerateurs if noms[r] not in logement.ecartes)
    if not eligibles:
        raise OrientationRefusee(f"Logement {logement.id} : aucun titulaire éligible. Relâchez une exclusion.")
    return eligibles


def _planchers_touches(
    etat: EtatOrientation, numerateurs: Sequence[tuple[int, int]], logement: LogementAOrienter
) -> tuple[int, ...]:
    if not etat.regles.planchers:
        return ()
    eligibles = {r for r, _ in numerateurs}
    strates = strates_de(logement)
    return tuple(p for p, un in enumerate(etat.regles.planchers) if un.titulaire in eligibles and un.strate in strates)


def _choisi(etat: EtatOrientation, numerateurs: Sequence[tuple[int, int]], choix: str) -> int:
    noms = etat.regles.titulaires
    for r, _ in numerateurs:
        if noms[r] == choix:
            return r
    permis = ", ".join(noms[r] for r, _ in numerateurs)
    raise OrientationRefusee(f"{choix} n'a pas de droit sur ce logement : choisissez parmi {permis}.")


def _engagement(etat: EtatOrientation, logement_id: str) -> Engagement:
    engagement = etat.en_cours.get(logement_id)
    if engagement is None:
        raise OrientationRefusee(f"Le logement {logement_id} n'est pas en cours d'orientation.")
    return engagement
