"""The dwelling and the two demandes that are followed, told in French."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.panel import Panel
from rich.text import Text

from contracts import territoire
from contracts.listes import liste
from demo.region import Region
from demo.scenario.attribution import MOTIF_DU_REFUS
from demo.scenario.francais import decimal, jour, rang
from demo.scenario.suivie import Demande, GrandLivre, Note, Suivie

_AVIS = {
    "attestation": "attestation d'enregistrement",
    "decision-favorable": "décision de la commission",
    "proposition": "proposition de logement",
    "proposition-refusee": "refus enregistré",
    "proposition-acceptee": "acceptation enregistrée",
    "bail-signe": "bail signé",
}
_ECRITURES = {"ENGAGE": "engagé", "COMPTABILISE": "imputé", "ANNULE": "annulé", "EXPIRE": "expiré"}


def afficher_la_suite(suivie: Suivie, region: Region) -> list[RenderableType]:
    """The dwelling, who refused it, who lives there."""
    return [
        _cadre("Un logement suivi, de son orientation au bail", _logement(suivie, region)),
        _cadre("Qui l'a refusé", _refusante(suivie)),
        _cadre("Qui l'habite", _retenue(suivie)),
    ]


def _cadre(titre: str, lignes: Iterator[Text | str]) -> Panel:
    return Panel(Text("\n").join(Text.assemble(ligne) for ligne in lignes), title=titre, title_align="left")


def _logement(suivie: Suivie, region: Region) -> Iterator[Text | str]:
    titulaires = {reservataire.id: reservataire.nom for reservataire in region.reservataires}
    bailleurs = {bailleur.id: bailleur.nom for bailleur in region.bailleurs}
    titulaire = titulaires[suivie.titulaire]
    yield f"{suivie.typologie} à {territoire.commune(suivie.commune).nom}, {bailleurs[suivie.bailleur]}."
    yield (
        f"C'est le tour de « {titulaire} » : {rang(suivie.rang_d_orientation)} logement du périmètre ; après lui, aucun "
        f"titulaire ne s'écarte de sa part de plus de {decimal(suivie.ecart_max)} logement (borne : {decimal(suivie.borne)})."
    )
    qui = "Le bailleur" if suivie.designe == suivie.bailleur else "Ce réservataire"
    yield (
        f"{qui} désigne trois demandes, les mieux classées parmi celles dont l'éligibilité est établie ; il avait jusqu'au "
        f"{jour(suivie.designer_avant)}."
    )
    yield f"La commission les classe le {jour(suivie.jour)}. La première refuse ; la deuxième signe, le même jour."
    yield _compte(titulaire, suivie.grand_livre)


def _compte(titulaire: str, livre: GrandLivre) -> str:
    ecritures = ", ".join(f"{_ECRITURES.get(nature, nature)} le {jour(le)}" for nature, le in livre.ecritures)
    imputations = sum(nature == "COMPTABILISE" for nature, _ in livre.ecritures)
    return (
        f"Au compte de « {titulaire} », le droit de ce logement est {ecritures}, "
        f"{'une seule fois' if imputations == 1 else f'{imputations} fois'}. Imputés : {livre.imputes_avant} puis "
        f"{livre.imputes_apres} ; engagés : {livre.engages_avant} puis {livre.engages_apres}."
    )


def _refusante(suivie: Suivie) -> Iterator[Text | str]:
    demande = suivie.refusante
    yield from _depot(demande)
    yield from _calcul(demande.note)
    motif = liste("motif_refus_demandeur").valeurs[MOTIF_DU_REFUS].libelle
    yield f"Désignée, classée au rang 1, elle avait jusqu'au {_reponse(demande)} pour répondre."
    yield f"Elle refuse : « {motif} ». Le bailleur juge pourtant l'offre adaptée."
    if demande.changement is not None:
        yield Text("Pourquoi sa note a-t-elle changé ?", style="bold")
        yield from (f"  {phrase}" for phrase in demande.changement.recit)
    yield _fin(demande)


def _retenue(suivie: Suivie) -> Iterator[Text | str]:
    demande = suivie.retenue
    yield from _depot(demande)
    yield from _calcul(demande.note)
    yield f"Désignée, classée au rang 2, elle reçoit l'offre dès le refus, avec jusqu'au {_reponse(demande)} pour répondre."
    if demande.taux_effort_pct is not None:
        yield f"Le loyer lui prendrait {decimal(demande.taux_effort_pct, 1)} % de ses ressources. Elle accepte et signe."
    yield _fin(demande)


def _depot(demande: Demande) -> Iterator[str]:
    yield (
        f"Demande {demande.numero}, déposée le {jour(demande.deposee_le)}, importée du fichier national ; "
        f"{rang(demande.rang)} au classement pour ce logement."
    )


def _calcul(note: Note) -> Iterator[Text | str]:
    yield Text(note.titre, style="bold")
    yield from (f"  {phrase}" for phrase in note.calcul)


def _reponse(demande: Demande) -> str:
    return jour(demande.repondre_avant) if demande.repondre_avant else "au terme du délai"


def _fin(demande: Demande) -> str:
    etat = {"RADIEE": "radiée pour attribution", "ACTIVE": "toujours active"}.get(demande.statut, demande.statut)
    recus = ", ".join(_AVIS.get(modele, modele) for modele in demande.messages)
    return f"La demande est {etat}. Avis reçus : {recus}."
