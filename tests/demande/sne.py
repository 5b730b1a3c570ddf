"""SNE files for the tests, and what a demande that the generator drew must be once read."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO

from demo import modele
from demo.demande_sne import lignes_de_la_demande
from demo.population import Population
from services.demande.adapters.sne import Lecture, lire
from services.demande.domain.complements import Dalo, Expulsion, Handicap, Label
from services.demande.domain.dossier import (
    Adresse,
    AutreNumero,
    Dossier,
    Emploi,
    Lieu,
    LogementActuel,
    NaissancesAttendues,
    Personne,
    Recherche,
    Ressource,
    RevenuFiscal,
    Role,
)

LE = date(2026, 11, 1)
ESPACE = "http://nuu.application.i2/"
POPULATION = Population(10_000, graine=7, le=LE)


def fichier(
    corps: str, *, version: str = "02.01", entete: str = "<typeFichier>CRE</typeFichier>", prologue: str = ""
) -> bytes:
    """A whole file around some `demandeLogement`; the first one opens on line 3."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<interfaceNuu xmlns="{ESPACE}" versionInterface="{version}">\n'
        f"<entete>{entete}<dateFichier>2026-11-01T06:00:00.000+01:00</dateFichier></entete><demande>\n"
        f"{corps}\n</demande></interfaceNuu>"
    ).encode()


def corps(demande: modele.Demande) -> str:
    return "\n".join(lignes_de_la_demande(demande))


def lues(contenu: bytes, le: date = LE) -> list[Lecture]:
    return list(lire(BytesIO(contenu), le=le))


def tirees(rangs: Iterable[int]) -> Sequence[modele.Demande]:
    return [POPULATION.demande(rang) for rang in rangs]


def personnes_attendues(demande: modele.Demande) -> dict[str, Personne]:
    personnes = {"demandeur": _adulte(Role.DEMANDEUR, demande.demandeur, demande.adresse)}
    for rang, adulte in enumerate(demande.cotitulaires, start=1):
        personnes[f"cotitulaire-{rang}"] = _adulte(Role.COTITULAIRE, adulte, None)
    for rang, une in enumerate(demande.a_charge, start=1):
        personnes[f"a-charge-{rang}"] = Personne(
            Role.A_CHARGE, une.naissance, une.nom, prenom=une.prenom, sexe=une.sexe, lien=une.lien
        )
    for rang, enfant in enumerate(demande.en_garde, start=1):
        personnes[f"en-garde-{rang}"] = Personne(
            Role.EN_GARDE, enfant.naissance, sexe=enfant.sexe, coparentalite=enfant.coparentalite
        )
    return personnes


def _adulte(role: Role, adulte: modele.Adulte, adresse: modele.Adresse | None) -> Personne:
    emploi, revenu = adulte.emploi, adulte.revenu
    return Personne(
        role,
        naissance=adulte.naissance,
        nom=adulte.nom,
        nom_de_naissance=adulte.nom_patronymique,
        prenom=adulte.prenom,
        civilite=adulte.civilite,
        nationalite=adulte.nationalite,
        situation_familiale=adulte.situation_familiale,
        lien=adulte.lien,
        telephone=adulte.telephone,
        courriel=adulte.mel,
        adresse=None
        if adresse is None
        else Adresse(
            voie=adresse.voie,
            numero=adresse.numero,
            code_postal=adresse.code_postal,
            commune=adresse.commune,
            etranger=False,
            batiment=adresse.batiment,
            escalier=adresse.escalier,
            etage=adresse.etage,
            appartement=adresse.appartement,
        ),
        emploi=Emploi(
            contrat=emploi.contrat,
            profession=emploi.profession,
            employeur=emploi.employeur,
            commune=emploi.commune,
            code_postal=emploi.code_postal,
            etranger=False if emploi.commune else None,
            secteur=emploi.secteur,
        ),
        revenus=(
            RevenuFiscal(revenu.annee_moins_1, revenu.montant_moins_1),
            RevenuFiscal(revenu.annee_moins_2, revenu.montant_moins_2),
        ),
        recues=tuple(Ressource(r.code, r.montant) for r in adulte.recues),
        versees=tuple(Ressource(r.code, r.montant) for r in adulte.versees),
    )


def recherche_attendue(demande: modele.Demande) -> Recherche:
    return Recherche(
        typologies=demande.typologies,
        lieux=tuple(Lieu(lieu.commune, lieu.quartier) for lieu in demande.lieux),
        elargie=demande.elargie,
        categorie=demande.categorie_recherchee,
        accepte_qpv=demande.accepte_qpv,
    )


def dossier_attendu(demande: modele.Demande) -> Dossier:
    logement, handicap, dalo = demande.logement, demande.handicap, demande.dalo
    return Dossier(
        motifs=demande.motifs,
        precision_motif=demande.precision_motif,
        naissances=NaissancesAttendues(demande.attendus.nombre, demande.attendus.date_prevue)
        if demande.attendus
        else None,
        logement=LogementActuel(
            modeles=(logement.modele,),
            depuis=logement.depuis,
            loyer=logement.loyer,
            charges=logement.charges,
            habitants=logement.occupants,
            categorie=logement.categorie,
            typologie=logement.typologie if logement.categorie else None,
            surface=logement.surface,
            proprietaire=logement.proprietaire,
            bailleur_siren=logement.siren_bailleur,
            aide=logement.aide,
        ),
        expulsion=Expulsion(demande.expulsion.stade, demande.expulsion.le) if demande.expulsion else None,
        handicap=Handicap(
            etats=(handicap.etat,),
            capacite_marche=handicap.marche,
            moteurs=handicap.moteur,
            sensoriels=handicap.sensoriel,
            aides=handicap.aides,
            equipements=handicap.equipements,
            logement_adapte=handicap.logement_adapte,
            prenom=handicap.prenom,
        )
        if handicap
        else None,
        dalo=Dalo(dalo.statut, dalo.decision, dalo.departement, dalo.typologie) if dalo else None,
        labels=tuple(Label(label.code, label.pose_le, label.organisation) for label in demande.labels),
        loyer_maximum=demande.loyer_maximum,
    )


def autres_attendus(demande: modele.Demande) -> tuple[AutreNumero, ...]:
    return tuple(AutreNumero(f"0{a.departement}", a.numero, a.depot) for a in demande.autres_numeros)
