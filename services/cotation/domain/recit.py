"""A change of score told in French: what moved, by how much, and through what (design.md section 8)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.comparaison import Cause, Comparaison, FaitChange, LigneChangee, Part
from services.cotation.domain.condition import ANCIENNETE, PREUVES
from services.cotation.domain.evenements import jour
from services.cotation.domain.phrases import apport, le_jour, nombre_de_mois, nombre_de_points, valeur_lue

MOTIFS: Mapping[Cause, str] = {
    Cause.CORRECTION: "votre dossier a été corrigé d'après vos justificatifs",
    Cause.FAIT: "votre situation a changé",
    Cause.PREUVE: "l'état de vos justificatifs a changé",
    Cause.LABEL: "une priorité reconnue par un tiers a changé",
    Cause.REFUS: "un refus a été enregistré ou retiré",
    Cause.TEMPS: "le temps a passé",
    Cause.GRILLE: "la grille de cotation a changé",
}


def raconter(comparaison: Comparaison) -> tuple[str, ...]:
    """One sentence for the whole, then one for each cause followed by the criteria that it moved."""
    avant, apres = comparaison.avant, comparaison.apres
    if not comparaison.parts:
        return (f"Votre note ne change pas : {nombre_de_points(apres.total)}.",)
    ecart = nombre_de_points(comparaison.difference, signe=True)
    if avant.hors_cotation or apres.hors_cotation:
        titre = f"Votre demande était {_etat(comparaison.avant)}, elle est {_etat(apres)}."
    elif comparaison.difference == 0:
        titre = f"Votre note reste de {nombre_de_points(apres.total)}, par des changements qui se compensent."
    else:
        titre = f"Votre note passe de {nombre_de_points(avant.total)} à {nombre_de_points(apres.total)} ({ecart})."
    phrases = [titre]
    for part in comparaison.parts:
        phrases.append(phrase_de_cause(part, comparaison))
        phrases += [f"    {phrase_de_ligne(ligne)}" for ligne in part.lignes]
    return tuple(phrases)


def phrase_de_cause(part: Part, comparaison: Comparaison) -> str:
    """What one cause is worth, and what happened."""
    quoi = MOTIFS[part.cause]
    if part.cause is Cause.REFUS:
        quoi = " ; ".join((*(_refus(part) or [quoi]), *_chute_d_anciennete(part)))
    elif part.cause is Cause.GRILLE:
        quoi += f" ({_version(comparaison)})"
    elif part.cause is Cause.TEMPS and comparaison.avant.as_of != comparaison.apres.as_of:
        quoi += f" (du {le_jour(comparaison.avant.as_of)} au {le_jour(comparaison.apres.as_of)})"
    elif faits := " ; ".join(_fait(change) for change in part.faits[:6]):
        quoi += f" ({faits})"
    return f"{nombre_de_points(part.points, signe=True)} : {quoi}."


def phrase_de_ligne(change: LigneChangee) -> str:
    """One criterion, before and after."""
    avant = apport(change.avant) if change.avant else "non compté"
    apres = apport(change.apres) if change.apres else "non compté"
    return f"{change.libelle} : {avant} → {apres}"


def _etat(resultat: Any) -> str:
    if resultat.hors_cotation:
        return f"hors cotation ({resultat.hors_cotation.libelle})"
    return f"cotée {nombre_de_points(resultat.total)}"


def _version(comparaison: Comparaison) -> str:
    avant, apres = comparaison.avant, comparaison.apres
    if avant.grille != apres.grille:
        return f"de « {avant.grille} » à « {apres.grille} »"
    return f"de la version {avant.version} à la version {apres.version}"


def _fait(change: FaitChange) -> str:
    catalogue = Catalogue()
    if change.chemin.startswith(f"{PREUVES}."):
        return f"critère {change.chemin.removeprefix(f'{PREUVES}.')}"
    nom = catalogue.libelle(change.chemin) or change.chemin
    avant = valeur_lue(catalogue, change.chemin, change.avant)
    return f"{nom} : {avant} → {valeur_lue(catalogue, change.chemin, change.apres)}"


def _refus(part: Part) -> list[str]:
    phrases = []
    for change in part.faits:
        if change.chemin == ANCIENNETE:
            continue
        avant = change.avant if isinstance(change.avant, list | tuple) else ()
        apres = change.apres if isinstance(change.apres, list | tuple) else ()
        nom = "refus à la prospection" if change.chemin.endswith("prospection") else "refus d'une proposition"
        nouveaux = [evenement for evenement in apres if evenement not in avant]
        retires = [evenement for evenement in avant if evenement not in apres]
        juges = [un for un in nouveaux if any(_quand(un) == _quand(autre) for autre in retires)]
        connus = {_quand(un) for un in juges}
        phrases += [f"{nom} {_quand(un)}{_jugement(un)}" for un in nouveaux if un not in juges]
        phrases += [f"{nom} {_quand(un)}, apprécié depuis{_jugement(un)}" for un in juges]
        phrases += [f"{nom} {_quand(un)} retiré" for un in retires if _quand(un) not in connus]
    return phrases


def _jugement(evenement: Any) -> str:
    """Whether the offer refused was judged suitable, once a person has said so."""
    adaptee = evenement.get("adaptee") if isinstance(evenement, Mapping) else None
    if not isinstance(adaptee, bool):
        return ""
    return " (offre adaptée à vos besoins)" if adaptee else " (offre inadaptée à vos besoins)"


def _chute_d_anciennete(part: Part) -> list[str]:
    phrases = []
    anciennete = [
        (ligne.avant.faits.get(ANCIENNETE), ligne.apres.faits.get(ANCIENNETE))
        for ligne in part.lignes
        if ligne.avant and ligne.apres
    ]
    for avant_mois, apres_mois in anciennete[:1]:
        if isinstance(avant_mois, int) and isinstance(apres_mois, int) and avant_mois != apres_mois:
            phrases.append(f"l'ancienneté passe de {nombre_de_mois(avant_mois)} à {nombre_de_mois(apres_mois)}")
    return phrases


def _quand(evenement: Any) -> str:
    if not isinstance(evenement, Mapping):
        return "sans date"
    le: date | None = jour(evenement.get("date"))
    if le is not None:
        return f"du {le_jour(le)}"
    mois = evenement.get("mois_apres_depot")
    return f"{mois} mois après le dépôt" if mois is not None else "sans date"
