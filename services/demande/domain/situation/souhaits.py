"""Facts of the demande itself: motives, wishes, refusals (demande.*)."""

from functools import lru_cache

from contracts.correspondance_sne import traduire
from contracts.situation.fait import Provenance
from contracts.situation.lecture import Simple
from services.demande.domain.demande import Demande, Refus
from services.demande.domain.dossier import Dossier, Recherche
from services.demande.domain.situation.recueil import Recueil, connus

_REGISTRE = Provenance.REGISTRE


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
        provenance=_REGISTRE,
    )


def _dossier(recueil: Recueil, demande: Demande, dossier: Dossier) -> None:
    le = demande.declarations.dossier
    motifs = _motifs(dossier.motifs)
    recueil.codes("demande.motifs", motifs, le=le)
    if motifs:
        recueil.poser("demande.motif_principal", motifs[0], le=le)
    if dossier.handicap is not None:
        recueil.poser("demande.logement_adapte_demande", dossier.handicap.logement_adapte, le=le)
    recueil.poser("demande.personne_morale", dossier.personne_morale is not None, le=le, provenance=_REGISTRE)


def _recherche(recueil: Recueil, demande: Demande, recherche: Recherche) -> None:
    le = demande.declarations.recherche
    communes = list(dict.fromkeys(lieu.commune for lieu in recherche.lieux))
    recueil.codes("demande.communes_souhaitees", communes, le=le, provenance=_REGISTRE)
    if communes:
        recueil.poser("demande.commune_premier_choix", communes[0], le=le, provenance=_REGISTRE)
    recueil.codes("demande.typologies_souhaitees", recherche.typologies, le=le, provenance=_REGISTRE)
    recueil.code("demande.categorie_souhaitee", recherche.categorie, le=le, provenance=_REGISTRE)
    recueil.poser("demande.elargie", recherche.elargie, le=le, provenance=_REGISTRE)


def _refus(refus: Refus) -> dict[str, Simple | None]:
    """A refusal, as the engine dates it (docs/cotation.md §1); `adaptee` only once a person has judged the offer."""
    fait: dict[str, Simple | None] = {"date": refus.le.isoformat()}
    if refus.adaptee is not None:
        fait["adaptee"] = refus.adaptee
    return fait


@lru_cache(maxsize=4096)
def _motifs(codes: tuple[str, ...]) -> tuple[str, ...]:
    return traduire("motif_demande", connus("motif_demande", codes))
