"""Facts of the demande itself: motives, wishes, refusals (demande.*)."""

from collections.abc import Iterable
from functools import lru_cache

from contracts.correspondance_sne import traduire
from contracts.situation.fait import Provenance
from contracts.situation.lecture import Simple
from services.demande.domain.demande import Demande, Refus
from services.demande.domain.dossier import Dossier, Recherche
from services.demande.domain.situation.recueil import Recueil


def faits_de_la_demande(recueil: Recueil, demande: Demande) -> None:
    """Put why, where and what is asked, and what was refused."""
    if demande.dossier is not None:
        _dossier(recueil, demande, demande.dossier)
    if demande.recherche is not None:
        _recherche(recueil, demande, demande.recherche)
    refus = demande.refus
    recueil.poser(
        "demande.refus",
        [_refus(un) for un in refus],
        le=max((un.le for un in refus), default=demande.deposee_le),
        provenance=Provenance.REGISTRE,
    )


def _dossier(recueil: Recueil, demande: Demande, dossier: Dossier) -> None:
    le = demande.declarations.dossier
    motifs = _motifs(dossier.motifs)
    recueil.codes("demande.motifs", motifs, le=le)
    if motifs:
        recueil.poser("demande.motif_principal", motifs[0], le=le)
    if dossier.handicap is not None:
        recueil.poser("demande.logement_adapte_demande", dossier.handicap.logement_adapte, le=le)
    recueil.poser("demande.personne_morale", dossier.personne_morale is not None, le=le, provenance=Provenance.REGISTRE)


def _recherche(recueil: Recueil, demande: Demande, recherche: Recherche) -> None:
    le = demande.declarations.recherche
    communes = _sans_double(lieu.commune for lieu in recherche.lieux)
    registre = Provenance.REGISTRE
    if communes:
        recueil.poser("demande.communes_souhaitees", [*communes], le=le, provenance=registre)
        recueil.poser("demande.commune_premier_choix", communes[0], le=le, provenance=registre)
    if recherche.typologies:
        recueil.poser(
            "demande.typologies_souhaitees", [*_sans_double(recherche.typologies)], le=le, provenance=registre
        )
    recueil.poser("demande.categorie_souhaitee", recherche.categorie, le=le, provenance=registre)
    recueil.poser("demande.elargie", recherche.elargie, le=le, provenance=registre)


def _refus(refus: Refus) -> dict[str, Simple | None]:
    """A refusal, as the engine dates it (docs/cotation.md §1); `adaptee` only once a person has judged the offer."""
    fait: dict[str, Simple | None] = {"date": refus.le.isoformat()}
    if refus.adaptee is not None:
        fait["adaptee"] = refus.adaptee
    return fait


def _sans_double(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


@lru_cache(maxsize=4096)
def _motifs(codes: tuple[str, ...]) -> tuple[str, ...]:
    return traduire("motif_demande", codes)
