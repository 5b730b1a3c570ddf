"""The facts of a situation: the worked examples of demande.md, each rule of absence, and properties over drawn dossiers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import territoire
from contracts.listes import liste
from contracts.situation import catalogue
from contracts.situation.controle import anomalies
from contracts.situation.fait import Provenance
from services.demande.adapters.sne import DemandeLue
from services.demande.domain.commandes import DeposerDemande, ModifierDossier
from services.demande.domain.complements import Dalo, Expulsion, Handicap, Label
from services.demande.domain.demande import Demande, Refus, enregistrer, evolve, modifier
from services.demande.domain.dossier import (
    Adresse,
    AutreNumero,
    Dossier,
    Emploi,
    Lieu,
    LogementActuel,
    NaissancesAttendues,
    Personne,
    PersonneMorale,
    Recherche,
    Ressource,
    RevenuFiscal,
    Role,
)
from services.demande.domain.situation import DemandeSansDepot, Reperes, situation
from tests.demande.sne import corps, fichier, lues, tirees

LE = date(2026, 11, 1)
DEPOT = date(2025, 3, 14)
STRASBOURG, ILLKIRCH, MULHOUSE, EMS = "67482", "67218", "68224", "246700488"
CHERCHE = Recherche(typologies=("T3", "T2"), lieux=(Lieu(STRASBOURG), Lieu(ILLKIRCH, "Centre"), Lieu(MULHOUSE)))


def ne_il_y_a(ans: int, *, jours: int = 40) -> date:
    return date(LE.year - ans, LE.month, LE.day) - timedelta(days=jours)


def demandeur(age: int = 34, **champs) -> Personne:
    champs = {"adresse": Adresse(commune=STRASBOURG), "recues": (), "emploi": Emploi("RET")} | champs
    return Personne(Role.DEMANDEUR, ne_il_y_a(age), **champs)


def partenaire(age: int = 30, **champs) -> Personne:
    return Personne(Role.COTITULAIRE, ne_il_y_a(age), **{"lien": "M", "recues": (), "emploi": Emploi("RET")} | champs)


def enfant(age: int, **champs) -> Personne:
    return Personne(Role.A_CHARGE, ne_il_y_a(age), **{"lien": "E"} | champs)


def deposee(*personnes: Personne, dossier: Dossier | None = None, recherche: Recherche = CHERCHE, **champs) -> Demande:
    """A demande registered on 14 March 2025 in the Bas-Rhin."""
    commande = DeposerDemande(
        deposee_le=DEPOT,
        recue_le=DEPOT,
        guichet="67482",
        canal="guichet",
        territoire="067",
        recherche=recherche,
        dossier=dossier or Dossier(),
        personnes={f"p{rang}": une for rang, une in enumerate(personnes or (demandeur(),))},
        **champs,
    )
    (evenement,) = enregistrer(Demande(), commande, "empreinte")
    return evolve(evenement, Demande())


def lire(demande: Demande, le: date = LE, **options):
    lue = situation("d1", demande, le=le, **options)
    assert anomalies(lue) == []
    return lue


def valeurs(demande: Demande, prefixe: str = "", le: date = LE) -> dict[str, object]:
    return {chemin: lu.valeur for chemin, lu in lire(demande, le).faits.items() if chemin.startswith(prefixe)}


def du_lieu(demande: Demande, lieu: str = STRASBOURG, **options) -> dict[str, object]:
    return {chemin: lu.valeur for chemin, lu in lire(demande, **options).lieux[lieu].faits.items()}


def revenus(rfr_2024: int | None) -> tuple[RevenuFiscal, ...]:
    return (RevenuFiscal(2025, None), RevenuFiscal(2024, rfr_2024))


# --- the household ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("personnes", "handicap", "categorie", "part"),
    [
        ((demandeur(34, revenus=revenus(28_000)), partenaire(30, revenus=revenus(0))), None, 2, "89.59"),
        ((demandeur(27, revenus=revenus(32_000)), partenaire(26, revenus=revenus(0))), None, 3, "85.14"),
        ((demandeur(revenus=revenus(24_900)), enfant(9), enfant(4)), None, 4, "54.88"),
        ((demandeur(revenus=revenus(24_000)),), Handicap(etats=("STA",)), 2, "76.79"),
    ],
    ids=["couple", "jeune-menage", "parent-isole", "handicap"],
)
def test_les_exemples_de_categorie_et_de_plafond(personnes, handicap, categorie, part):
    """demande.md §7.1, the four worked examples, with the PLUS ceilings of 2026 outside Île-de-France."""
    demande = deposee(*personnes, dossier=Dossier(handicap=handicap))
    assert valeurs(demande)["menage.categorie_plafond"] == categorie
    assert du_lieu(demande)["ressources.plafond_plus_pct"] == part


def test_un_menage_compte_ses_personnes_ses_adultes_et_ses_enfants():
    mere_agee = Personne(Role.A_CHARGE, ne_il_y_a(81), lien="P")
    en_garde = Personne(Role.EN_GARDE, ne_il_y_a(6), coparentalite="D")
    demande = deposee(
        demandeur(situation_familiale="D"),
        enfant(20),
        enfant(13),
        mere_agee,
        en_garde,
        dossier=Dossier(naissances=NaissancesAttendues(2)),
    )
    assert valeurs(demande, "menage.") == {
        "menage.personnes": 5,
        "menage.adultes": 2,
        "menage.enfants": 3,
        "menage.enfants_mineurs": 2,
        "menage.enfants_en_garde": 1,
        "menage.personnes_a_charge": 3,
        "menage.a_naitre": 2,
        "menage.parent_isole": False,
        "menage.couple": False,
        "menage.jeune_menage": False,
        "menage.situation_familiale": "D",
        "menage.age_demandeur": 34,
        "menage.categorie_plafond": 6,
        "menage.unites_consommation": "2.6",
    }


def test_un_parent_seul_l_est_quel_que_soit_l_age_de_l_enfant():
    assert valeurs(deposee(demandeur(50), enfant(22)))["menage.parent_isole"] is True
    assert valeurs(deposee(demandeur(50), partenaire(50), enfant(22)))["menage.parent_isole"] is False
    assert valeurs(deposee(demandeur(50)))["menage.parent_isole"] is False


def test_un_colocataire_ne_fait_pas_un_couple():
    faits = valeurs(deposee(demandeur(25), partenaire(24, lien="L")), "menage.")
    assert (faits["menage.couple"], faits["menage.jeune_menage"], faits["menage.adultes"]) == (False, False, 2)
    assert faits["menage.categorie_plafond"] == 2


@pytest.mark.parametrize(("ages", "jeune"), [((28, 27), True), ((28, 28), False)])
def test_un_jeune_menage_somme_au_plus_55_ans(ages, jeune):
    assert valeurs(deposee(demandeur(ages[0]), partenaire(ages[1])))["menage.jeune_menage"] is jeune


def test_une_naissance_inconnue_tait_ce_qui_en_depend():
    faits = valeurs(deposee(demandeur(), replace(enfant(9), naissance=None)))
    assert faits["menage.personnes"] == 2
    assert faits["menage.enfants"] == 1
    assert not {"menage.enfants_mineurs", "menage.unites_consommation", "ressources.annuelles_par_uc"} & set(faits)
    sans_lien = valeurs(deposee(demandeur(), replace(enfant(9), naissance=None, lien="A")))
    assert not {"menage.enfants", "menage.adultes", "menage.parent_isole"} & set(sans_lien)


def test_un_complement_handicap_vide_ne_declare_rien():
    assert "menage.handicap" not in valeurs(deposee(dossier=Dossier(handicap=Handicap(prenom="Anne"))))
    dit = valeurs(deposee(dossier=Dossier(handicap=Handicap(aides=("4",), logement_adapte=True))))
    assert (dit["menage.handicap"], dit["demande.logement_adapte_demande"]) == (True, True)
    assert not {"menage.handicap", "demande.logement_adapte_demande"} & set(valeurs(deposee()))


def test_le_travail_garde_les_codes_de_la_grille_et_ceux_du_sne():
    ailleurs = Emploi("CDD", commune=ILLKIRCH, secteur="PRIVE")
    faits = valeurs(
        deposee(demandeur(emploi=ailleurs), partenaire(emploi=Emploi("RET", secteur="INCONNU"))),
        "situation_professionnelle.",
    )
    assert faits == {
        "situation_professionnelle.statuts": ["cdd", "autre"],
        "situation_professionnelle.contrats": ["CDD", "RET"],
        "situation_professionnelle.secteurs": ["PRIVE"],
        "situation_professionnelle.communes_travail": [ILLKIRCH],
    }
    assert valeurs(deposee(dossier=Dossier(motifs=("16",))))["situation_professionnelle.assistant_maternel"] is True


# --- resources --------------------------------------------------------------------------------------------------------

BAIL = LogementActuel(modeles=("LP",), loyer=450, charges=155, aide=210)


def test_les_exemples_du_taux_d_effort_et_du_reste_a_vivre():
    """demande.md §7.2 and §7.3: 605 of rent and charges, 210 of aid, 1,450 of resources, one adult and a child of 8."""
    salaire = (Ressource("SAL", 1_300), Ressource("AF", 150))
    faits = valeurs(deposee(demandeur(recues=salaire), enfant(8), dossier=Dossier(logement=BAIL)), "ressources.")
    assert faits == {
        "ressources.mensuelles": "1450",
        "ressources.natures": ["AF", "SAL"],
        "ressources.cout_logement_net": "395",
        "ressources.taux_effort_pct": "27.24",
        "ressources.reste_a_vivre": "27.05",
        "ressources.annuelles_par_uc": "13384.62",
    }


def test_l_exemple_du_premier_quartile():
    """demande.md §7.4: 1,150 a month, UC 1.8, so 7,667 a year, under 9,243; absent without the threshold of the EPCI."""
    demande = deposee(demandeur(recues=(Ressource("SAL", 1_150),)), enfant(15), enfant(6))
    assert valeurs(demande)["ressources.annuelles_par_uc"] == "7666.67"
    reperes = Reperes(seuils_premier_quartile={EMS: 9_243})
    assert du_lieu(demande, reperes=reperes)["ressources.premier_quartile"] is True
    assert du_lieu(demande, reperes=Reperes({EMS: 7_666}))["ressources.premier_quartile"] is False
    assert "ressources.premier_quartile" not in du_lieu(demande)
    assert "ressources.premier_quartile" not in du_lieu(demande, MULHOUSE, reperes=reperes)


def test_les_pensions_versees_et_les_ressources_des_personnes_a_charge_comptent():
    dossier = Dossier(
        logement=BAIL, recues_a_charge=(Ressource("AEEH", 150),), versees_a_charge=(Ressource("PAV", 20),)
    )
    paie = demandeur(recues=(Ressource("SAL", 1_300),), versees=(Ressource("PAV", 100),))
    faits = valeurs(deposee(paie, dossier=dossier), "ressources.")
    assert faits["ressources.mensuelles"] == "1450"
    assert faits["ressources.reste_a_vivre"] == "31.17"  # (1450 - 395 - 120) / 30


def test_sans_ressources_il_n_y_a_pas_de_taux_d_effort():
    faits = valeurs(deposee(demandeur(recues=()), dossier=Dossier(logement=BAIL)), "ressources.")
    assert faits["ressources.mensuelles"] == "0"
    assert faits["ressources.reste_a_vivre"] == "-13.17"
    assert "ressources.taux_effort_pct" not in faits


@pytest.mark.parametrize(
    "personnes",
    [
        (demandeur(recues=None),),
        (demandeur(recues=(Ressource("SAL", None),)),),
        (demandeur(recues=(Ressource("SAL", 900),)), partenaire(recues=None)),
    ],
)
def test_un_montant_inconnu_n_est_pas_zero(personnes):
    faits = valeurs(deposee(*personnes, dossier=Dossier(logement=BAIL)), "ressources.")
    assert set(faits) <= {"ressources.cout_logement_net", "ressources.natures"}


@pytest.mark.parametrize(
    ("logement", "cout"),
    [
        (replace(BAIL, charges=None), None),
        (replace(BAIL, aide=None), None),
        (replace(BAIL, loyer=None), None),
        (replace(BAIL, modeles=("HOT",), charges=None), "240"),
        (replace(BAIL, modeles=(), charges=None), None),
        (replace(BAIL, aide=900), "0"),
    ],
)
def test_le_cout_du_logement_demande_loyer_charges_et_aide(logement, cout):
    """An all-inclusive fee (hotel, residence) has its charges in it; the aid never makes a cost negative."""
    assert valeurs(deposee(dossier=Dossier(logement=logement))).get("ressources.cout_logement_net") == cout


def test_le_revenu_fiscal_est_celui_des_annees_n_moins_2_et_n_moins_1_de_tous():
    couple = (
        demandeur(revenus=(RevenuFiscal(2025, 21_000), RevenuFiscal(2024, 20_000))),
        partenaire(revenus=(RevenuFiscal(2025, None), RevenuFiscal(2024, 5_000))),
    )
    assert valeurs(deposee(*couple), "ressources.rfr") == {"ressources.rfr_n2": 25_000}
    suivante = valeurs(deposee(couple[0]), "ressources.rfr", date(2027, 1, 1))
    assert suivante == {"ressources.rfr_n2": 21_000}
    assert lire(deposee(couple[0])).valable_jusqu_au <= date(2026, 12, 31)


# --- the present dwelling ---------------------------------------------------------------------------------------------


def test_le_logement_actuel_et_son_occupation():
    logement = LogementActuel(
        modeles=("LP", "CP"),
        depuis=date(2024, 11, 15),
        loyer=450,
        charges=80,
        habitants=5,
        categorie="A",
        typologie="T2",
        surface=40,
        proprietaire=False,
    )
    assert valeurs(deposee(dossier=Dossier(logement=logement)), "logement_actuel.") == {
        "logement_actuel.statut": "chez_particulier",
        "logement_actuel.modeles": ["LP", "CP"],
        "logement_actuel.pieces": 2,
        "logement_actuel.occupants": 5,
        "logement_actuel.ecart_occupation": 3,
        "logement_actuel.personnes_par_piece": "2.5",
        "logement_actuel.surface": 40,
        "logement_actuel.surface_par_personne": "8",
        "logement_actuel.suroccupation": True,
        "logement_actuel.sous_occupation": False,
        "logement_actuel.typologie": "T2",
        "logement_actuel.categorie": "A",
        "logement_actuel.loyer": "450",
        "logement_actuel.charges": "80",
        "logement_actuel.depuis_mois": 23,
        "logement_actuel.commune": STRASBOURG,
        "logement_actuel.epci": EMS,
        "logement_actuel.proprietaire": False,
    }


def test_un_locataire_hlm_demande_une_mutation():
    assert valeurs(deposee(dossier=Dossier(logement=LogementActuel(("HLM",)))))["demande.est_mutation"] is True
    assert valeurs(deposee(dossier=Dossier(logement=LogementActuel(("LP",)))))["demande.est_mutation"] is False
    assert "demande.est_mutation" not in valeurs(deposee())


# --- motives, wishes, refusals, priorities ----------------------------------------------------------------------------


def test_les_motifs_et_les_souhaits():
    faits = valeurs(deposee(dossier=Dossier(motifs=("05", "13"))), "demande.")
    assert faits == {
        "demande.motifs": ["procedure_expulsion", "logement_trop_petit"],
        "demande.motif_principal": "procedure_expulsion",
        "demande.personne_morale": False,
        "demande.communes_souhaitees": [STRASBOURG, ILLKIRCH, MULHOUSE],
        "demande.commune_premier_choix": STRASBOURG,
        "demande.typologies_souhaitees": ["T3", "T2"],
        "demande.elargie": False,
        "demande.refus": [],
    }
    assert (
        valeurs(deposee(dossier=Dossier(personne_morale=PersonneMorale("Un toit"))))["demande.personne_morale"] is True
    )


def test_un_refus_porte_sa_date_et_n_est_juge_que_par_quelqu_un():
    demande = replace(deposee(), refus=(Refus("p1", date(2026, 1, 9)), Refus("p2", date(2026, 5, 2), adaptee=True)))
    lu = lire(demande).faits["demande.refus"]
    assert lu.valeur == [{"date": "2026-01-09"}, {"date": "2026-05-02", "adaptee": True}]
    assert (lu.provenance, lu.le) == (Provenance.REGISTRE, date(2026, 5, 2))


@pytest.mark.parametrize(
    ("dossier", "attendus"),
    [
        (Dossier(), {}),
        (Dossier(motifs=("05",)), {"expulsion.menace": True}),
        (
            Dossier(expulsion=Expulsion("jugement", date(2026, 9, 1))),
            {
                "expulsion.menace": True,
                "expulsion.stade": "jugement",
                "expulsion.stade_rang": 3,
                "expulsion.date": "2026-09-01",
            },
        ),
        (
            Dossier(expulsion=Expulsion("aucun")),
            {"expulsion.menace": False, "expulsion.stade": "aucun", "expulsion.stade_rang": 0},
        ),
        (Dossier(expulsion=Expulsion("huissier venu")), {"expulsion.menace": True}),
    ],
)
def test_l_expulsion_dit_son_stade_quand_il_est_de_la_liste(dossier, attendus):
    assert valeurs(deposee(dossier=dossier), "expulsion.") == attendus


def test_labels_accord_collectif_et_dalo_viennent_de_tiers_a_leur_date():
    dossier = Dossier(
        labels=(Label("AGI", date(2026, 2, 1), "SIAO"), Label("LOCAL_67")),
        accord_collectif="ACD",
        dalo=Dalo("ACTIF", date(2026, 4, 3), "67", "03"),
    )
    lue = lire(deposee(dossier=dossier))
    labels = lue.faits["labels"]
    assert labels.valeur == ["AGI", "LOCAL_67", "ACD", "DALO"]
    assert (labels.provenance, labels.le) == (Provenance.LABEL, date(2026, 4, 3))
    assert lue.faits["priorites"].valeur == ["DALO"]
    assert lue.faits["dalo.date_decision"].valeur == "2026-04-03"
    assert [lue.lieux[lieu].faits["dalo.dans_departement"].valeur for lieu in (STRASBOURG, MULHOUSE)] == [True, False]
    assert lue.lieux[STRASBOURG].faits["dalo.dans_departement"].provenance is Provenance.LABEL


def test_un_dalo_caduc_n_ouvre_rien():
    lue = lire(deposee(dossier=Dossier(dalo=Dalo("CADUC", date(2024, 4, 3), "67"))))
    assert lue.faits["labels"].valeur == []
    assert "priorites" not in lue.faits
    assert "dalo.dans_departement" not in lue.lieux[STRASBOURG].faits


# --- places -----------------------------------------------------------------------------------------------------------


def test_un_lieu_dit_son_territoire_son_rang_et_son_quartier():
    lieu = lire(deposee()).lieux[f"{ILLKIRCH}:Centre"]
    assert (lieu.commune, lieu.quartier, lieu.rang, lieu.epci) == (ILLKIRCH, "Centre", 2, EMS)
    faits = {chemin: lu.valeur for chemin, lu in lieu.faits.items() if chemin.startswith("lieu.")}
    assert faits == {"lieu.rang": 2, "lieu.commune": ILLKIRCH, "lieu.epci": EMS, "lieu.departement": "67"}


@pytest.mark.parametrize(
    ("adresse", "natures"),
    [
        (Adresse(commune=STRASBOURG), ["meme_commune", "dans_epci", "hors_epci"]),
        (Adresse(commune="75112"), ["hors_epci"] * 3),
        (Adresse(etranger=True), ["hors_epci"] * 3),
        (Adresse(), [None] * 3),
        (None, [None] * 3),
    ],
)
def test_la_mobilite_va_du_logement_actuel_au_lieu(adresse, natures):
    lieux = lire(deposee(demandeur(adresse=adresse))).lieux.values()
    assert [
        lieu.faits["mobilite.nature"].valeur if "mobilite.nature" in lieu.faits else None for lieu in lieux
    ] == natures


def test_un_arrondissement_est_de_sa_commune():
    demande = deposee(demandeur(adresse=Adresse(commune="75112")), recherche=Recherche(("T2",), (Lieu("75104"),)))
    faits = du_lieu(demande, "75104")
    assert (faits["mobilite.nature"], faits["lien.habite_commune"]) == ("meme_commune", True)


def test_une_distance_dit_si_elle_est_estimee():
    """From Strasbourg to Mulhouse both points are the places themselves; a small commune stands at the mean of its EPCI."""
    petite = next(c for c in territoire.communes_du_departement("67") if territoire.commune(c).point == "epci")
    recherche = Recherche(("T2",), (Lieu(MULHOUSE), Lieu(petite), Lieu(STRASBOURG)))
    travaille = demandeur(emploi=Emploi("CDI", commune=MULHOUSE))
    lue = lire(deposee(travaille, recherche=recherche))
    for commune, estimee in ((MULHOUSE, False), (petite, True), (STRASBOURG, False)):
        lu = lue.lieux[commune].faits["mobilite.distance_domicile_m"]
        attendue = territoire.distance(STRASBOURG, commune)
        assert (lu.valeur, lu.estime) == (attendue.metres, estimee)
    assert lue.lieux[MULHOUSE].faits["mobilite.distance_travail_m"].valeur == 0
    entre_les_deux = territoire.distance(STRASBOURG, MULHOUSE).metres
    assert lue.faits["mobilite.distance_domicile_travail_m"].valeur == entre_les_deux


@pytest.mark.parametrize(
    ("emplois", "commune", "epci"),
    [
        ([Emploi("CDI", commune=STRASBOURG)], True, True),
        ([Emploi("CDI", commune=ILLKIRCH)], False, True),
        ([Emploi("CDI", commune=MULHOUSE), Emploi("RET")], False, False),
        ([Emploi("CDI", commune=MULHOUSE), Emploi("CDI")], None, None),
        ([Emploi("CDI", commune=ILLKIRCH), None], None, True),
        ([Emploi("CDI", etranger=True)], False, False),
        ([Emploi("CHO")], False, False),
    ],
)
def test_travailler_ici_se_sait_ou_se_tait(emplois, commune, epci):
    """A workplace that is not known proves nothing; who has no work works nowhere."""
    personnes = [demandeur(emploi=emplois[0]), *(partenaire(emploi=emploi) for emploi in emplois[1:])]
    faits = du_lieu(deposee(*personnes))
    assert (faits.get("lien.travaille_commune"), faits.get("lien.travaille_epci")) == (commune, epci)


@pytest.mark.duty("demande:D07")
def test_l_anciennete_est_celle_du_territoire_du_lieu():
    """One date of deposit per territory (demande.md §2.2); where no number is held, that of the demande."""
    seule = lire(deposee())
    assert {lieu.faits["demande.date_depot"].valeur for lieu in seule.lieux.values()} == {"2025-03-14"}
    deux = lire(deposee(autres_numeros=(AutreNumero("068", "068062601698268224", date(2026, 6, 2)),)))
    assert deux.lieux[STRASBOURG].faits["demande.date_depot"].valeur == "2025-03-14"
    assert deux.lieux[MULHOUSE].faits["demande.date_depot"].valeur == "2026-06-02"
    assert not {"demande.anciennete_mois", "demande.age_mois"} & set(deux.lieux[MULHOUSE].faits)


def test_le_delai_anormalement_long_suit_l_arrete_du_departement():
    demande = deposee()
    delais = {("67", "T2"): 20, ("67", "T3"): 30}
    la_veille, le_jour = date(2026, 11, 13), date(2026, 11, 14)
    for le, depasse in ((la_veille, False), (le_jour, True)):
        faits = du_lieu(demande, le=le, reperes=Reperes(delais_anormalement_longs=delais))
        assert faits["demande.delai_anormalement_long"] is depasse
    avant = lire(demande, reperes=Reperes(delais_anormalement_longs=delais))
    assert avant.valable_jusqu_au <= la_veille
    assert "demande.delai_anormalement_long" not in avant.lieux[MULHOUSE].faits
    constate = deposee(dossier=Dossier(delai_anormalement_long=True, delai_anormalement_long_le=date(2026, 1, 1)))
    lu = lire(constate).lieux[STRASBOURG].faits["demande.delai_anormalement_long"]
    assert (lu.valeur, lu.le) == (True, date(2026, 1, 1))
    assert "demande.delai_anormalement_long" not in lire(constate).lieux[MULHOUSE].faits


def test_une_commune_d_un_autre_millesime_n_a_pas_de_territoire():
    lue = lire(deposee(recherche=Recherche(("T2",), (Lieu("67999"),))))
    assert lue.lieux["67999"].epci is None
    assert set(lue.lieux["67999"].faits) == {"lieu.rang", "lieu.commune"}


# --- dates, versions, erasure -----------------------------------------------------------------------------------------


def test_chaque_fait_porte_le_jour_de_sa_derniere_declaration():
    demande = deposee(dossier=Dossier(motifs=("01",), logement=BAIL))
    modif = ModifierDossier(date(2026, 8, 1), "demandeur", dossier=Dossier(motifs=("02",), logement=BAIL))
    (evenement,) = modifier(demande, modif)
    faits = lire(evolve(evenement, demande)).faits
    assert (faits["demande.motifs"].valeur, faits["demande.motifs"].le) == (["demolition"], date(2026, 8, 1))
    assert faits["menage.personnes"].le == DEPOT
    assert faits["demande.elargie"].le == DEPOT
    assert faits["ressources.reste_a_vivre"].le == date(2026, 8, 1)


def test_la_situation_porte_la_version_et_le_millesime():
    lue = lire(deposee())
    assert (lue.demande_id, lue.version, lue.millesime) == ("d1", 1, territoire.MILLESIME)


def test_une_demande_jamais_deposee_n_a_pas_de_situation():
    with pytest.raises(DemandeSansDepot):
        situation("d1", Demande(), le=LE)


@pytest.mark.parametrize(
    ("personnes", "dossier", "jusqu_au"),
    [
        ((demandeur(34),), Dossier(), date(2027, 9, 21)),
        ((demandeur(34), enfant(13, sexe="F")), Dossier(), date(2027, 9, 21)),
        ((demandeur(34), Personne(Role.A_CHARGE, date(2012, 12, 1), lien="E")), Dossier(), date(2026, 11, 30)),
        ((demandeur(34), Personne(Role.A_CHARGE, date(2008, 12, 24), lien="E")), Dossier(), date(2026, 12, 23)),
        ((demandeur(34), Personne(Role.A_CHARGE, date(2000, 12, 1), lien="E")), Dossier(), date(2027, 9, 21)),
        ((demandeur(34), Personne(Role.A_CHARGE, date(2026, 11, 24), lien="E")), Dossier(), date(2026, 11, 23)),
        (
            (demandeur(28), Personne(Role.COTITULAIRE, date(1998, 11, 20), lien="M")),
            Dossier(),
            date(2026, 11, 19),
        ),
        ((demandeur(34, revenus=revenus(1)),), Dossier(), date(2026, 12, 31)),
        ((demandeur(34),), Dossier(logement=LogementActuel(depuis=date(2020, 1, 20))), date(2026, 11, 19)),
        ((replace(demandeur(), naissance=None),), Dossier(), None),
    ],
    ids=["age", "13-ans", "14-ans", "18-ans", "adulte", "naissance", "jeune-menage", "annee", "mois", "jamais"],
)
def test_une_situation_dit_jusqu_a_quand_elle_vaut(personnes, dossier, jusqu_au):
    assert lire(deposee(*personnes, dossier=dossier)).valable_jusqu_au == jusqu_au


def test_une_personne_effacee_tait_le_menage_et_non_le_reste():
    entiere = deposee(
        demandeur(recues=(Ressource("SAL", 900),)), enfant(4), dossier=Dossier(motifs=("01",), logement=BAIL)
    )
    sans_enfant = replace(entiere, personnes=(entiere.personnes[0], ("p1", None)))
    assert set(valeurs(sans_enfant)) < set(valeurs(entiere))
    restent = set(valeurs(sans_enfant))
    assert {"menage.age_demandeur", "logement_actuel.commune", "demande.motifs", "demande.refus"} <= restent
    assert not {"menage.personnes", "ressources.mensuelles", "situation_professionnelle.contrats"} & restent
    effacee = replace(entiere, personnes=(("p0", None), ("p1", None)), dossier=None)
    assert {chemin.partition(".")[0] for chemin in valeurs(effacee)} == {"demande"}
    assert "mobilite.nature" not in du_lieu(effacee)


PAS_ENCORE_SUS = {
    *("demande.dossier_complet", "demande.pieces_verifiees", "demande.passages_cal", "demande.refus_prospection"),
    *("demande.renouvellements", "demande.hors_cotation", "logement_actuel.qpv", "logement_actuel.indigne_constate"),
    *(
        "logement_actuel.inadapte_handicap",
        "violences.mesure_judiciaire",
        "parcours.sortie_ase",
        "parcours.ase_fin_mois",
    ),
    *("situation_professionnelle.debut_contrat_mois", "situation_professionnelle.chomage_avant_reprise_mois"),
    *("demande.anciennete_mois", "demande.age_mois"),
}
"""What neither the SNE form nor the register tells yet; the two last ones the engine finds from the dates."""

RARES = {"dalo.statut", "dalo.date_decision", "dalo.departement", "dalo.dans_departement", "priorites"}


def test_ce_que_le_generateur_dessine_donne_tous_les_faits_que_le_registre_peut_savoir():
    vus: set[str] = set()
    reperes = Reperes({EMS: 9_243}, {("67", "T2"): 24, ("67", "T3"): 24})
    for lue in lues(fichier("\n".join(corps(d) for d in tirees(range(400))))):
        assert isinstance(lue, DemandeLue)
        demande = deposee(*lue.personnes.values(), dossier=lue.dossier, recherche=lue.recherche)
        faits = lire(replace(demande, deposee_le=lue.deposee_le), reperes=reperes)
        vus |= set(faits.faits).union(*(lieu.faits for lieu in faits.lieux.values()))
    assert not vus & PAS_ENCORE_SUS
    assert set(catalogue()) - vus <= PAS_ENCORE_SUS | RARES


# --- properties -------------------------------------------------------------------------------------------------------


def codes(nom: str):
    return st.none() | st.sampled_from([*liste(nom).codes, "HORS-LISTE"])


JOURS = st.none() | st.dates(date(1900, 1, 1), date(2030, 12, 31))
AVANT = st.dates(date(1895, 1, 1), LE)
PASSES = st.none() | AVANT
MONTANTS = st.none() | st.integers(0, 2_000) | st.sampled_from([0, 99_999_999])
NOMBRES = st.none() | st.integers(0, 12) | st.just(999)
CODES_INSEE = st.sampled_from([STRASBOURG, ILLKIRCH, MULHOUSE, "2A004", "97411", "75112", "22016", "67999"])
COMMUNES = st.none() | CODES_INSEE
RESSOURCES = st.lists(st.builds(Ressource, st.sampled_from(["SAL", "RSA", "PAV", "?"]), MONTANTS), max_size=3).map(
    tuple
)
PERSONNES = st.builds(
    Personne,
    st.sampled_from([Role.COTITULAIRE, Role.A_CHARGE, Role.EN_GARDE]),
    naissance=PASSES,
    situation_familiale=codes("situation_familiale"),
    lien=st.none() | st.sampled_from("MPCLEA"),
    adresse=st.none() | st.builds(Adresse, commune=COMMUNES, etranger=st.booleans()),
    emploi=st.none()
    | st.builds(
        Emploi,
        contrat=codes("type_contrat_travail"),
        commune=COMMUNES,
        etranger=st.none() | st.booleans(),
        secteur=codes("secteur_employeur"),
    ),
    revenus=st.lists(st.builds(RevenuFiscal, st.integers(2023, 2026), MONTANTS), max_size=3).map(tuple),
    recues=st.none() | RESSOURCES,
    versees=RESSOURCES,
)


def listes(nom: str):
    return st.lists(st.sampled_from([*liste(nom).codes, "HORS-LISTE"]), max_size=3).map(tuple)


DOSSIERS = st.builds(
    Dossier,
    motifs=listes("motif_demande"),
    naissances=st.none() | st.builds(NaissancesAttendues, st.integers(0, 999)),
    recues_a_charge=RESSOURCES,
    versees_a_charge=RESSOURCES,
    logement=st.none()
    | st.builds(
        LogementActuel,
        modeles=listes("modele_logement"),
        depuis=JOURS,
        loyer=MONTANTS,
        charges=MONTANTS,
        habitants=NOMBRES,
        categorie=codes("categorie_logement"),
        typologie=codes("type_logement"),
        surface=NOMBRES,
        proprietaire=st.none() | st.booleans(),
        aide=MONTANTS,
    ),
    expulsion=st.none() | st.builds(Expulsion, st.sampled_from([*liste("expulsion_stade").codes, "autre"]), JOURS),
    handicap=st.none() | st.builds(Handicap, etats=listes("handicap_etat"), logement_adapte=st.booleans()),
    dalo=st.none()
    | st.builds(
        Dalo, st.sampled_from([*liste("statut_dalo").codes, "HORS-LISTE"]), JOURS, st.sampled_from([None, "67", "2A"])
    ),
    labels=st.lists(st.builds(Label, st.sampled_from(["AGI", "A_NOUS"]), JOURS), max_size=2).map(tuple),
    accord_collectif=codes("accord_collectif"),
    delai_anormalement_long=st.none() | st.booleans(),
)
RECHERCHES = st.builds(
    Recherche,
    typologies=listes("type_logement"),
    lieux=st.lists(st.builds(Lieu, CODES_INSEE, st.sampled_from([None, "Gare"])), max_size=5).map(
        lambda lieux: tuple(dict.fromkeys(lieux))
    ),
    elargie=st.booleans(),
    categorie=codes("categorie_logement_recherche"),
)


@st.composite
def demandes(draw) -> Demande:
    """Any dossier that a person, a file or an older vintage may have left, some parts erased."""
    titulaire = replace(draw(PERSONNES), role=Role.DEMANDEUR)
    autres = draw(st.lists(PERSONNES, max_size=3))
    demande = deposee(
        titulaire,
        *autres,
        dossier=draw(DOSSIERS),
        recherche=draw(RECHERCHES),
        autres_numeros=draw(st.sampled_from([(), (AutreNumero("068", "n", date(2026, 1, 31)),)])),
    )
    refus = draw(st.lists(st.builds(Refus, st.just("p"), AVANT, st.none() | st.booleans()), max_size=3))
    personnes = tuple((nom, une if draw(st.integers(0, 9)) else None) for nom, une in demande.personnes)
    return replace(demande, personnes=personnes, refus=tuple(refus))


REPERES = Reperes({EMS: 9_243}, {("67", "T2"): 20, ("68", "T3"): 30})


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(demande=demandes())
def test_une_situation_est_toujours_conforme_au_catalogue(demande):
    assert anomalies(situation("d1", demande, le=LE, reperes=REPERES)) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(demande=demandes(), part=st.floats(0, 1))
def test_rien_ne_change_avant_le_jour_qu_elle_dit(demande, part):
    """Same facts on any day up to `valable_jusqu_au`, and on any later day at all when there is none."""
    lue = situation("d1", demande, le=LE, reperes=REPERES)
    fin = lue.valable_jusqu_au or date(2055, 5, 5)
    for jour in (fin, LE + timedelta(days=int(part * (fin - LE).days))):
        plus_tard = situation("d1", demande, le=jour, reperes=REPERES)
        assert (plus_tard.faits, plus_tard.lieux) == (lue.faits, lue.lieux)
        assert plus_tard.valable_jusqu_au == lue.valable_jusqu_au


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(demande=demandes())
def test_effacer_ne_fait_jamais_naitre_un_fait(demande):
    lue = situation("d1", demande, le=LE, reperes=REPERES)
    effacee = replace(demande, dossier=None, personnes=tuple((nom, None) for nom, _ in demande.personnes))
    reste = situation("d1", effacee, le=LE, reperes=REPERES)
    assert set(reste.faits) <= set(lue.faits)
    for lieu, faits in reste.lieux.items():
        assert set(faits.faits) <= set(lue.lieux[lieu].faits)
