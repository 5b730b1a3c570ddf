"""Algorithm B: most behind first over several axes at once, after the holders that a hard floor makes urgent (§8)."""

from collections.abc import Mapping, Sequence

from services.flux.domain.orientation.regles import GLOBALE, Plancher, Regles, Strate


def choisir(
    regles: Regles,
    credits_: Mapping[Strate, Sequence[int]],
    strates: Sequence[Strate],
    parts: Sequence[int],
    candidats: Sequence[int],
) -> int:
    """Index of the eligible holder with the largest weighted credit; ties: larger local share, then listed order.

    credits_: by stratum, this dwelling credited, one common denominator. strates: those of the dwelling, global first.
    parts: local share numerators. candidats: eligible holders in listed order, at least one.
    Source: flux.md §8, algorithm B (design).
    """
    poids = [(regles.poids_global if s == GLOBALE else regles.poids.get(s.axe, 0), credits_[s]) for s in strates]
    retenu, score_retenu = -1, 0
    for r in candidats:
        score = sum(p * valeurs[r] for p, valeurs in poids if p)
        if retenu < 0 or score > score_retenu or (score == score_retenu and parts[r] > parts[retenu]):
            retenu, score_retenu = r, score
    return retenu


def urgent(
    planchers: Sequence[Plancher],
    dus: Sequence[int],
    credites: Sequence[int],
    *,
    denominateur: int,
    parts: Sequence[int],
    n: int,
) -> int | None:
    """Index of the holder whose floor cannot wait, or None.

    A floor is urgent when its deficit, this dwelling credited, reaches 1 − c with c = 1/(2n−2): one more dwelling given
    elsewhere could break it. dus: deficits over `denominateur`. credites: floors that this dwelling touches.
    Largest deficit first, then larger local share, then listed order. Source: flux.md §8, 3.
    """
    double = 2 * n - 2
    pressants = [
        (-dus[p], -parts[planchers[p].titulaire], planchers[p].titulaire)
        for p in credites
        if (dus[p] * double >= denominateur * (double - 1) if double else dus[p] >= denominateur)
    ]
    return min(pressants)[2] if pressants else None
