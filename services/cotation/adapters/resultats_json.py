"""A result, a fault or a comparison as JSON: decimals as strings, dates as ISO texts; and a result read back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from services.cotation.domain.comparaison import Comparaison, LigneChangee
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faute import Faute
from services.cotation.domain.grille import Grille, NiveauPreuve
from services.cotation.domain.phrases import raison_en_clair
from services.cotation.domain.recit import phrase_de_cause, raconter
from services.cotation.domain.resultat import Ajustement, Ligne, MotifHorsCotation, Raison, Resultat, Role

Objet = dict[str, Any]
_TELS_QUELS = frozenset({str, int, bool})


class ResultatIllisible(ValueError):
    """A JSON value that is no result of ours."""


def ecrire_valeur(valeur: Any) -> Any:
    """A fact as JSON holds it: decimals as strings, dates as ISO texts, the rest as it is."""
    if valeur is None or type(valeur) in _TELS_QUELS:
        return valeur
    if isinstance(valeur, Decimal):
        return ecrire(valeur) if valeur.is_finite() else str(valeur)
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, Mapping):
        return {cle: ecrire_valeur(item) for cle, item in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [ecrire_valeur(item) for item in valeur]
    return valeur if isinstance(valeur, str | int | bool | None) else str(valeur)


def ecrire_resultat(resultat: Resultat, grille: Grille) -> Objet:
    """One result with every line, counted or not, and the reason in code and in French."""
    libelles = {bloc.id: bloc.libelle for bloc in grille.blocs} | {
        ligne.regle: ligne.libelle for ligne in resultat.lignes
    }
    motif = resultat.hors_cotation
    return {
        "grille": resultat.grille,
        "version": resultat.version,
        "le": resultat.as_of.isoformat(),
        "total": ecrire(resultat.total),
        "provisoire": resultat.provisoire,
        "hors_cotation": None if motif is None else {"code": motif.code, "libelle": motif.libelle},
        "facteur": ecrire(resultat.facteur),
        "lignes": [_ligne(ligne, libelles) for ligne in resultat.lignes],
        "ajustements": [{"portee": a.portee, "valeur": ecrire(a.valeur)} for a in resultat.ajustements],
    }


def _ligne(ligne: Ligne, libelles: Mapping[str, str]) -> Objet:
    return {
        "regle": ligne.regle,
        "bloc": ligne.bloc,
        "libelle": ligne.libelle,
        "effet": ligne.effet.value,
        "valeur": ecrire(ligne.valeur),
        "compte": ligne.compte,
        "raison": ligne.raison.value,
        "phrase": raison_en_clair(ligne, libelles),
        "retenue": ligne.retenue,
        "faits": ecrire_valeur(ligne.faits),
        "preuve": ligne.preuve.value,
        "provisoire": ligne.provisoire,
        "expire_le": ligne.expire_le.isoformat() if ligne.expire_le else None,
    }


def lire_resultat(objet: Mapping[str, Any]) -> Resultat:
    """A result written by `ecrire_resultat`. Raises ResultatIllisible."""
    try:
        motif = objet.get("hors_cotation")
        return Resultat(
            grille=str(objet["grille"]),
            version=str(objet["version"]),
            as_of=date.fromisoformat(objet["le"]),
            total=Decimal(objet["total"]),
            provisoire=bool(objet["provisoire"]),
            hors_cotation=None if motif is None else MotifHorsCotation(motif["code"], motif["libelle"]),
            lignes=tuple(_lire_ligne(brute) for brute in objet["lignes"]),
            ajustements=tuple(Ajustement(a["portee"], Decimal(a["valeur"])) for a in objet.get("ajustements", ())),
            facteur=Decimal(objet.get("facteur", 1)),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as erreur:
        raise ResultatIllisible(
            "Ce n'est pas un résultat de « logis grille evaluer --json » : donner ce fichier tel quel."
        ) from erreur


def _lire_ligne(brute: Mapping[str, Any]) -> Ligne:
    expire = brute.get("expire_le")
    return Ligne(
        regle=str(brute["regle"]),
        bloc=brute.get("bloc"),
        libelle=str(brute["libelle"]),
        effet=Role(brute["effet"]),
        valeur=Decimal(brute["valeur"]),
        compte=bool(brute["compte"]),
        raison=Raison(brute["raison"]),
        faits=dict(brute.get("faits", {})),
        preuve=NiveauPreuve(brute["preuve"]),
        provisoire=bool(brute.get("provisoire", False)),
        retenue=brute.get("retenue"),
        expire_le=date.fromisoformat(expire) if expire else None,
    )


def ecrire_faute(faute: Faute) -> Objet:
    """One fault or warning."""
    return {
        "code": faute.code,
        "gravite": faute.gravite.value,
        "pointeur": faute.pointeur,
        "phrase": faute.phrase,
        "remede": faute.remede,
    }


def ecrire_comparaison(comparaison: Comparaison) -> Objet:
    """A change of score: the points of `causes` sum to `difference`."""
    return {
        "avant": ecrire(comparaison.avant.total),
        "apres": ecrire(comparaison.apres.total),
        "difference": ecrire(comparaison.difference),
        "causes": [
            {
                "cause": part.cause.value,
                "points": ecrire(part.points),
                "avant": ecrire(part.avant),
                "apres": ecrire(part.apres),
                "phrase": phrase_de_cause(part, comparaison),
                "faits": [
                    {"chemin": f.chemin, "avant": ecrire_valeur(f.avant), "apres": ecrire_valeur(f.apres)}
                    for f in part.faits
                ],
                "lignes": [_changee(change) for change in part.lignes],
            }
            for part in comparaison.parts
        ],
        "phrases": list(raconter(comparaison)),
    }


def _changee(change: LigneChangee) -> Objet:
    connue = change.apres or change.avant
    return {
        "regle": change.regle,
        "libelle": change.libelle,
        "effet": connue.effet.value if connue else None,
        "avant": ecrire(change.avant.valeur) if change.avant else None,
        "apres": ecrire(change.apres.valeur) if change.apres else None,
    }
