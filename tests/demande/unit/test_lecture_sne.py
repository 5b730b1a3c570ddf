"""Reading SNE files: what is read is what was drawn; what is wrong is told whole, where it is; what attacks is refused."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.sne.anomalies import ANOMALIES, Suite
from demo.fichier_sne import VERSIONS
from services.demande.adapters.sne import DemandeLue, FichierRefuse, Refusee, lire
from services.demande.domain.complements import Contact, Contingent
from services.demande.domain.dossier import AutreNumero, ElementInconnu, PersonneMorale, Ressource
from tests.demande.sne import (
    ESPACE,
    LE,
    autres_attendus,
    corps,
    dossier_attendu,
    fichier,
    lues,
    personnes_attendues,
    recherche_attendue,
    tirees,
)

RICHE = next(d for d in tirees(range(400)) if d.cotitulaires and d.a_charge and d.handicap and d.demandeur.recues)
RICHE_XML = corps(RICHE)
DEMANDEUR = "personnePhysique/demandeur"
LIEU = "logementRecherche/listeLocalisationSouhaite/localisationSouhaite"


def une(xml: str, **options):
    (lecture,) = lues(fichier(xml, **options))
    return lecture


def remplacee(motif: str, par: str, xml: str = RICHE_XML, *, fois: int = 1) -> str:
    assert re.search(motif, xml), motif
    return re.sub(motif, par, xml, count=fois)


def codes(lecture) -> list[tuple[str, str]]:
    constats = lecture.constats if isinstance(lecture, Refusee) else lecture.manques
    return [(c.champ, c.code) for c in constats]


@pytest.mark.parametrize("version", VERSIONS)
def test_une_demande_lue_est_celle_qui_fut_tiree(version):
    dessinees = tirees(range(600))
    lectures = lues(fichier("\n".join(corps(d) for d in dessinees), version=version))
    for rang, (lue, dessinee) in enumerate(zip(lectures, dessinees, strict=True), start=1):
        assert isinstance(lue, DemandeLue)
        assert (lue.ordre, lue.version, lue.type_fichier) == (rang, version, "CRE")
        assert (lue.numero, lue.guichet, lue.deposee_le) == (dessinee.numero, dessinee.guichet, dessinee.depot)
        assert (lue.renouvelee_le, lue.valable_jusqu_au) == (dessinee.renouvellement, dessinee.fin_validite)
        assert bool(lue.ligne_numero) is bool(dessinee.numero)
        assert lue.personnes == personnes_attendues(dessinee)
        assert lue.dossier == dossier_attendu(dessinee)
        assert lue.recherche == recherche_attendue(dessinee)
        assert lue.autres_numeros == autres_attendus(dessinee)
        assert lue.territoire == f"0{dessinee.lieux[0].commune[:2]}"
        assert (lue.est_brouillon, lue.signalements, lue.inconnus, lue.nir) == (False, (), {}, {})


def test_la_coupe_des_lectures_ne_change_rien():
    """A stream that gives its bytes by sevens reads like one that gives them all."""

    class Avare(BytesIO):
        def read(self, taille=-1):
            return super().read(min(taille, 7) if taille and taille > 0 else 7)

    contenu = fichier("\n".join(corps(d) for d in tirees(range(4))))
    assert list(lire(Avare(contenu), le=LE)) == lues(contenu)


@pytest.mark.parametrize("encodage", ["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16"])
def test_l_encodage_declare_est_suivi(encodage):
    xml = remplacee("<voie>[^<]*", "<voie>Allée de la Robertsau, été")
    contenu = fichier(xml).decode().replace('encoding="UTF-8"', f'encoding="{encodage.upper()}"').encode(encodage)
    (lue,) = lues(contenu)
    assert lue.personnes["demandeur"].adresse.voie == "Allée de la Robertsau, été"


def test_le_prefixe_de_l_espace_de_noms_est_libre():
    prefixe = re.sub(r"<(/?)(\w)", r"<\1n:\2", fichier(RICHE_XML).decode()).replace("xmlns=", "xmlns:n=")
    assert replace(lues(prefixe.encode())[0], position=0) == replace(une(RICHE_XML), position=0)


def test_toutes_les_fautes_d_une_demande_sont_dites_dans_l_ordre_des_lignes():
    xml = remplacee(r'<motifDemande code="\w+"/>', '<motifDemande code="99"/>')
    xml = remplacee("<numGuichet>[^<]*", "<numGuichet>trop long", xml)
    xml = remplacee("<dateNaissance>[^<]*", "<dateNaissance>1985-02-30", xml, fois=2)
    xml = remplacee("<nombreHabitant>[^<]*", "<nombreHabitant>quatre", xml)
    xml = remplacee("<proprietaire>[^<]*", "<proprietaire>oui", xml)
    xml = remplacee("(<localisationSouhaite>\n)<commune [^>]*>", r'\1<commune code="67999"/>', xml)
    xml = remplacee("<demandeElargie>[^<]*</demandeElargie>\n", "", xml)
    refusee = une(xml)
    assert isinstance(refusee, Refusee)
    assert codes(refusee) == [
        ("logementRecherche/demandeElargie", "elargissement-absent"),
        ("numGuichet", "guichet-mal-forme"),
        (f"{DEMANDEUR}/dateNaissance", "date-impossible"),
        ("personnePhysique/listePersonneACharge/personneACharge/dateNaissance", "date-impossible"),
        ("personnePhysique/logementActuel/nombreHabitant", "nombre-illisible"),
        ("personnePhysique/logementActuel/proprietaire", "booleen-illisible"),
        ("listeMotifDemande/motifDemande/@code", "code-inconnu"),
        (f"{LIEU}/commune/@code", "commune-inconnue"),
    ]
    lignes = fichier(xml).decode().splitlines()
    fautifs = (
        "<demandeLogement",
        "<numGuichet",
        "<dateNaissance",
        "<dateNaissance",
        "<nombreHabitant",
        "<proprietaire",
    )
    for constat, debut in zip(refusee.constats, (*fautifs, "<motifDemande", "<commune"), strict=True):
        assert lignes[constat.ligne - 1].startswith(debut)
        assert constat.message == ANOMALIES[constat.code].message(_valeur(constat.code))


def _valeur(code: str) -> str:
    return {"code-inconnu": "99", "commune-inconnue": "67999", "booleen-illisible": "oui"}.get(code, "trop long")


@pytest.mark.parametrize(
    ("motif", "par", "champ", "code"),
    [
        (r"<dateCreationDemande>[^<]*", "<dateCreationDemande>2026-11-02", "dateCreationDemande", "depot-futur"),
        (r"<dateFinValidite>[^<]*", "<dateFinValidite>14/03/2027", "dateFinValidite", "date-impossible"),
        (r"<dateFinValidite>[^<]*", "<dateFinValidite>2027-W11-4", "dateFinValidite", "date-impossible"),
        (
            r"(?s)(<personneACharge>.*?<dateNaissance>)[^<]*",
            r"\g<1>2026-11-02",
            "personnePhysique/listePersonneACharge/personneACharge/dateNaissance",
            "naissance-future",
        ),
        (r'<civilite code="\d"/>', '<civilite code="9"/>', f"{DEMANDEUR}/civilite/@code", "code-inconnu"),
        (r"<anneeMoins2>[^<]*", "<anneeMoins2>24", f"{DEMANDEUR}/revenuFiscal/anneeMoins2", "nombre-illisible"),
        (r"<surface>[^<]*", "<surface>12345", "personnePhysique/logementActuel/surface", "nombre-illisible"),
        (r"<voie>[^<]*", f"<voie>{'x' * 256}", f"{DEMANDEUR}/adressePostale/voie", "texte-trop-long"),
        (r"<voie>[^<]*", "<voie>l\u0092Ill", f"{DEMANDEUR}/adressePostale/voie", "texte-illisible"),
        (r"<nom>[^<]*", "<nom>Fran\ufffdois", f"{DEMANDEUR}/nom", "texte-illisible"),
        (r"(<logementActuel>)", r"\1<montantMensuelCharges>-3,5</montantMensuelCharges>", "", "montant-negatif"),
        (r"(<logementActuel>)", r"\1<montantMensuelCharges>80.50</montantMensuelCharges>", "", "montant-illisible"),
        (r"(<logementActuel>)", r"\1<montantMensuelCharges>123456789</montantMensuelCharges>", "", "montant-illisible"),
        (r"(<logementActuel>)", r"\1<montantMensuelCharges>٣٤</montantMensuelCharges>", "", "montant-illisible"),
    ],
)
def test_une_valeur_fausse_refuse_la_demande(motif, par, champ, code):
    xml = re.sub("<(surface|montantMensuelCharges)>[^<]*</.*?>\n", "", RICHE_XML) if "Charges" in par else RICHE_XML
    refusee = une(remplacee(motif, par, xml))
    assert isinstance(refusee, Refusee)
    assert codes(refusee) == [(champ or "personnePhysique/logementActuel/montantMensuelCharges", code)]


@pytest.mark.parametrize(
    ("entete", "motif", "code", "champ"),
    [
        ("", "", "type-fichier-absent", "entete/typeFichier"),
        (None, "<numGuichet>.*\n", "guichet-absent", "numGuichet"),
        (None, "<dateCreationDemande>.*\n", "depot-absent", "dateCreationDemande"),
        (None, "<civilite .*\n", "situation-absente", DEMANDEUR),
        (None, "(?s)<adressePostale>.*?</adressePostale>\n", "situation-absente", DEMANDEUR),
        (None, "<typeLogement .*\n", "typologie-absente", "logementRecherche/listeTypeLogement/typeLogement"),
        (None, "(?s)<localisationSouhaite>.*</localisationSouhaite>\n", "lieu-absent", f"{LIEU}/commune/@code"),
        (None, "<demandeElargie>.*\n", "elargissement-absent", "logementRecherche/demandeElargie"),
        (None, "(?s)<logementRecherche>.*</logementRecherche>\n", "recherche-absente", "logementRecherche"),
    ],
)
def test_une_partie_obligatoire_absente_fait_un_brouillon(entete, motif, code, champ):
    xml = re.sub(motif, "", RICHE_XML, count=0 if "typeLogement" in motif else 1) if motif else RICHE_XML
    brouillon = une(xml) if entete is None else une(xml, entete=entete)
    assert isinstance(brouillon, DemandeLue)
    assert brouillon.est_brouillon
    assert codes(brouillon) == [(champ, code)]
    assert {c.ligne for c in brouillon.manques} == {3}
    assert all(c.suite is Suite.BROUILLON for c in brouillon.manques)
    assert brouillon.personnes["demandeur"].nom == RICHE.demandeur.nom


def test_un_fichier_sans_date_ne_fait_que_des_brouillons():
    contenu = fichier(RICHE_XML).replace(b"2026-11-01T06:00:00.000+01:00", b"hier")
    (brouillon,) = lues(contenu)
    assert codes(brouillon) == [("entete/dateFichier", "date-fichier-absente")]


@pytest.mark.parametrize(("balise", "code"), [("nom", "identite-absente"), ("prenom", "identite-absente")])
def test_sans_identite_nul_ne_peut_completer(balise, code):
    refusee = une(remplacee(f"<{balise}>.*\n", ""))
    assert codes(refusee) == [(f"{DEMANDEUR}/{balise}", code)]
    assert refusee.constats[0].ligne == 3
    vide = une(remplacee(f"<{balise}>[^<]*", f"<{balise}>  "))
    assert codes(vide) == codes(refusee)
    assert fichier(RICHE_XML).decode().splitlines()[vide.constats[0].ligne - 1].startswith(f"<{balise}>")


def test_un_montant_absent_n_est_pas_zero_et_une_liste_vide_n_est_pas_inconnue():
    xml = re.sub("(?s)<listeRessourceRecue>.*?</listeRessourceRecue>|<listeRessourceRecue/>", "", RICHE_XML, count=1)
    assert une(xml).personnes["demandeur"].recues is None
    vide = re.sub(
        "(?s)(<demandeur>.*?)<listeRessourceRecue>.*?</listeRessourceRecue>", r"\1<listeRessourceRecue/>", RICHE_XML
    )
    assert une(vide).personnes["demandeur"].recues == ()
    sans_montant = (
        '<listeRessourceRecue><detailRessource><ressource code="RSA"/></detailRessource></listeRessourceRecue>'
    )
    lue = une(remplacee("(?s)(<demandeur>.*?)<listeRessourceRecue>.*?</listeRessourceRecue>", rf"\1{sans_montant}"))
    assert lue.personnes["demandeur"].recues == (Ressource("RSA", None),)
    sans_loyer = une(remplacee("<nombreHabitant>[^<]*", "<nombreHabitant> "))
    assert sans_loyer.dossier.logement.habitants is None


def test_une_date_avec_heure_ou_decalage_garde_son_jour():
    for ecrite in ("2018-03-15+01:00", "2018-03-15Z", "2018-03-15T00:00:00.000+01:00"):
        assert une(remplacee("<dateCreationDemande>[^<]*", f"<dateCreationDemande>{ecrite}")).deposee_le == date(
            2018, 3, 15
        )


def test_la_corse_et_l_outre_mer_sont_la_france():
    for commune, territoire in (("2A004", "02A"), ("97411", "974"), ("75112", "111")):
        xml = remplacee("(?s)<listeLocalisationSouhaite>.*</listeLocalisationSouhaite>", _lieux(commune))
        assert une(re.sub("(?s)<complements>.*</complements>\n", "", xml)).territoire == territoire


def _lieux(*communes: str) -> str:
    lieux = "".join(f'<localisationSouhaite><commune code="{c}"/></localisationSouhaite>' for c in communes)
    return f"<listeLocalisationSouhaite>{lieux}</listeLocalisationSouhaite>"


def test_un_lieu_repete_ne_compte_qu_une_fois():
    lue = une(
        remplacee("(?s)<listeLocalisationSouhaite>.*</listeLocalisationSouhaite>", _lieux("67482", "67218", "67482"))
    )
    assert [lieu.commune for lieu in lue.recherche.lieux] == ["67482", "67218"]


def test_le_numero_est_celui_du_territoire_ou_nul_autre_n_est_tenu():
    """The first wish may lie where another number is held: the demande's own number is then that of the next territory."""
    autre = (
        "<complements><listeAutreNumUnique><autreNumUnique><numUnique>067031801698267482</numUnique>"
        '<departement code="67"/><dateCreationDemande>2018-03-15</dateCreationDemande></autreNumUnique>'
        "</listeAutreNumUnique></complements>"
    )
    xml = re.sub("(?s)<complements>.*</complements>\n", "", RICHE_XML)
    xml = remplacee("(?s)<listeLocalisationSouhaite>.*</listeLocalisationSouhaite>", _lieux("67482", "68224"), xml)
    lue = une(xml.replace("</demandeLogement>", f"{autre}</demandeLogement>"))
    assert lue.territoire == "068"
    assert lue.autres_numeros == (AutreNumero("067", "067031801698267482", date(2018, 3, 15)),)


@pytest.mark.duty("demande:D11")
def test_une_association_ne_dit_que_son_identite_et_ce_qu_elle_cherche():
    adresse = '<adressePostale><commune code="67482"/></adressePostale>'
    morale = f"<personneMorale><raisonSociale>Un toit</raisonSociale><siren>999000102</siren>{adresse}</personneMorale>"
    xml = remplacee("(?s)<personnePhysique>.*</personnePhysique>", morale)
    lue = une(xml)
    assert not lue.est_brouillon
    assert isinstance(lue.dossier.personne_morale, PersonneMorale)
    assert lue.dossier.personne_morale.raison_sociale == "Un toit"
    assert lue.personnes == {}
    assert codes(une(xml.replace(adresse, ""))) == [("personneMorale", "situation-absente")]
    assert codes(une(xml.replace("<raisonSociale>Un toit</raisonSociale>", ""))) == [
        ("personneMorale/raisonSociale", "identite-absente")
    ]


def test_ce_qui_ne_vient_pas_du_generateur_est_lu_aussi():
    ajouts = (
        "<complements><listeContingent><contingent><organisation>Préfecture</organisation><code>PREF</code>"
        "<degrePriorite>1</degrePriorite></contingent></listeContingent><partenaire><nom>Mme Klein</nom><mel>k@example.org</mel>"
        "</partenaire><delaiAnormalementLong>true</delaiAnormalementLong><accordCollectif code='ACD'/>"
        "<avisInstance>Favorable</avisInstance></complements>"
    )
    xml = re.sub("(?s)<complements>.*</complements>\n", "", RICHE_XML).replace(
        "</demandeLogement>", f"{ajouts}</demandeLogement>"
    )
    xml = remplacee("(<nom>)", r"<nir>285036748200142</nir><telDomicile>0388000000</telDomicile>\1", xml)
    xml = remplacee(
        "(<numGuichet>)",
        r"<dateReception>2026-10-30</dateReception><versionFormulaire>14069*05</versionFormulaire>\1",
        xml,
    )
    lue = une(xml)
    assert lue.signalements == ()
    assert lue.nir == {"demandeur": "285036748200142"}
    assert (lue.recue_le, lue.formulaire) == (date(2026, 10, 30), "14069*05")
    assert lue.personnes["demandeur"].telephone_domicile == "0388000000"
    assert lue.dossier.contingents == (Contingent("Préfecture", "PREF", "1"),)
    assert lue.dossier.contact == Contact(nom="Mme Klein", courriel="k@example.org")
    assert (lue.dossier.delai_anormalement_long, lue.dossier.accord_collectif, lue.dossier.avis) == (
        True,
        "ACD",
        "Favorable",
    )


def test_un_element_inconnu_est_garde_compte_et_dit():
    ajout = '<a:score xmlns:a="urn:autre" unite="pt"><a:valeur>12</a:valeur></a:score><bidon>x</bidon><bidon>y</bidon>'
    lue = une(remplacee("(<demandeur>)", rf"\1{ajout}"))
    base = une(RICHE_XML)
    assert isinstance(lue, DemandeLue)
    assert lue.personnes == base.personnes
    assert lue.inconnus == {f"{DEMANDEUR}/score": 1, f"{DEMANDEUR}/bidon": 2}
    assert [(c.champ, c.code) for c in lue.signalements] == [(champ, "element-inconnu") for champ in lue.inconnus]
    assert lue.dossier.inconnus == (
        ElementInconnu(f"{DEMANDEUR}/score/@unite", "pt"),
        ElementInconnu(f"{DEMANDEUR}/score/valeur", "12"),
        ElementInconnu(f"{DEMANDEUR}/bidon", "x"),
        ElementInconnu(f"{DEMANDEUR}/bidon", "y"),
    )
    assert replace(lue.dossier, inconnus=()) == base.dossier


def test_un_second_element_ne_remplace_pas_le_premier():
    lue = une(remplacee("(<prenom>[^<]*</prenom>)", r"\1<prenom>Autre</prenom>"))
    assert lue.personnes["demandeur"].prenom == RICHE.demandeur.prenom
    assert lue.inconnus == {f"{DEMANDEUR}/prenom": 1}
    double = une(remplacee("(<numGuichet>)", r"<logementRecherche><bidon/></logementRecherche>\1"))
    assert "logementRecherche" in double.inconnus
    assert double.recherche is None or double.recherche.lieux == ()


def test_un_enfant_dans_un_texte_est_ecarte_et_le_texte_reste():
    lue = une(remplacee("<voie>[^<]*</voie>", "<voie>Rue <b>haute</b> des Juifs</voie>"))
    assert lue.personnes["demandeur"].adresse.voie == "Rue  des Juifs"
    assert lue.dossier.inconnus == (ElementInconnu(f"{DEMANDEUR}/adressePostale/voie/b", "haute"),)


def test_l_entete_inconnu_est_dit_avec_la_premiere_demande():
    entete = "<typeFichier>CRE</typeFichier><logiciel>X</logiciel>"
    premiere, seconde = lues(fichier(RICHE_XML + RICHE_XML, entete=entete))
    assert [(c.champ, c.ligne) for c in premiere.signalements] == [("entete/logiciel", 2)]
    assert seconde.signalements == ()


def test_une_radiation_n_est_pas_un_brouillon():
    """A message that only names a demande misses nothing; what it says of its end is kept, for the register to read later."""
    xml = (
        "<demandeLogement><numUnique>067031801698267482</numUnique><radiation><motifRadiation code='RADABA'/>"
        "<dateRadiation>2026-10-02</dateRadiation></radiation></demandeLogement>"
    )
    lue = une(xml, entete="<typeFichier>RAD</typeFichier>")
    assert (lue.type_fichier, lue.numero, lue.manques) == ("RAD", "067031801698267482", ())
    assert lue.inconnus == {"radiation": 1}
    assert ElementInconnu("radiation/motifRadiation/@code", "RADABA") in lue.dossier.inconnus


SECRET = "Schweitzer"


@pytest.mark.parametrize("balise", sorted(set(re.findall(r"<(\w+)(?: code|>[^<\n])", RICHE_XML))))
def test_aucun_message_ne_cite_ce_qui_est_personnel(balise):
    """A name put in any field, as a text or as a code, appears in no message that a report would carry."""
    secret = f"{SECRET} né à Metz"
    xml = re.sub(rf"<{balise}>[^<]*", f"<{balise}>{secret}\ufffd", RICHE_XML)
    xml = re.sub(rf'<{balise} code="[^"]*"', f'<{balise} code="{secret}"', xml)
    assert xml != RICHE_XML
    lecture = une(xml)
    constats = lecture.constats if isinstance(lecture, Refusee) else (*lecture.manques, *lecture.signalements)
    assert SECRET not in " ".join(c.message for c in constats)
    assert SECRET not in repr(lecture).replace("Recherche", "")


@pytest.mark.parametrize(
    ("contenu", "code"),
    [
        (b"", "fichier-illisible"),
        (b"\x00\x01\x02", "fichier-illisible"),
        (b"PK\x03\x04 un zip", "fichier-illisible"),
        (b"<html/>", "racine-inconnue"),
        (fichier("").replace(ESPACE.encode(), b"http://autre/"), "racine-inconnue"),
        (fichier("", version="03.00"), "version-inconnue"),
        (fichier("").replace(b' versionInterface="02.01"', b""), "version-inconnue"),
        (fichier("", entete="<typeFichier>XYZ</typeFichier>"), "type-fichier-inconnu"),
        (fichier(RICHE_XML, prologue="<!DOCTYPE interfaceNuu>"), "dtd-refusee"),
        (fichier(RICHE_XML, prologue='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "dtd-refusee"),
        (
            fichier("", prologue='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'),
            "dtd-refusee",
        ),
        (fichier(RICHE_XML.replace("<nom>", "<nom>&xxe;", 1)), "fichier-illisible"),
        (fichier("").replace(b"UTF-8", b"EBCDIC-INCONNU"), "encodage-inconnu"),
        (fichier("").replace(b"UTF-8", b"utf-7"), "encodage-inconnu"),
        (fichier("").replace(b"UTF-8", b"shift_jis"), "encodage-inconnu"),
    ],
)
def test_un_fichier_qui_n_en_est_pas_un_est_refuse_d_un_seul_constat(contenu, code):
    (refus,) = lues(contenu)
    assert isinstance(refus, FichierRefuse)
    assert refus.constat.code == code
    assert refus.constat.suite is Suite.FICHIER_REFUSE
    assert "passwd" not in refus.constat.message


@pytest.mark.parametrize(
    "bombe",
    [
        "<demandeLogement>" + "<a>" * 3_000_000,
        "<demandeLogement><numGuichet>" + "x" * 9_000_000,
        f"<demandeLogement bidon='{'x' * 9_000_000}'/>",
        "<!--" + "-x" * 5_000_000 + "-->",
        "<a>" * 3_000_000,
    ],
    ids=["profondeur", "texte", "attribut", "commentaire", "profondeur-hors-demande"],
)
def test_une_demande_demesuree_arrete_le_fichier_et_garde_ce_qui_precede(bombe):
    premiere, refus = lues(fichier(RICHE_XML + bombe))
    assert isinstance(premiere, DemandeLue)
    assert (refus.constat.code, refus.position <= 6 << 20) == ("fichier-demesure", True)


def test_une_liste_sans_fin_refuse_la_demande_seule():
    xml = remplacee(r"(<motifDemande [^>]*>)", r"\1" * 101)
    refusee, suivante = lues(fichier(xml + RICHE_XML))
    assert codes(refusee) == [("listeMotifDemande/motifDemande/@code", "liste-trop-longue")]
    assert isinstance(suivante, DemandeLue)
    lieux = une(remplacee("(?s)<listeLocalisationSouhaite>.*</listeLocalisationSouhaite>", _lieux(*["67482"] * 101)))
    assert codes(lieux) == [(LIEU, "liste-trop-longue")]


def test_mille_fautes_ne_font_pas_mille_constats():
    fautes = '<motifDemande code="99"/>' * 90 + '<modeleLogement code="99"/>'
    refusee = une(remplacee(r"<motifDemande [^>]*>", fautes * 2))
    assert 90 < len(refusee.constats) <= 120


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(coupe=st.integers(1, len(RICHE_XML) + 200))
def test_un_fichier_coupe_n_importe_ou_donne_les_demandes_entieres_puis_son_arret(coupe):
    contenu = fichier(RICHE_XML + "\n" + RICHE_XML)[: -coupe - 1]
    *avant, dernier = lues(contenu)
    assert isinstance(dernier, FichierRefuse)
    assert dernier.constat.code == "fichier-illisible"
    assert len(avant) == contenu.count(b"</demandeLogement>")
    assert all(isinstance(lue, DemandeLue) for lue in avant)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(position=st.integers(0, len(RICHE_XML) - 1), octets=st.binary(min_size=1, max_size=4))
def test_des_octets_quelconques_ne_font_jamais_une_erreur(position, octets):
    contenu = fichier(RICHE_XML)
    debut = contenu.index(b"<demandeLogement>")
    for lecture in lues(contenu[: debut + position] + octets + contenu[debut + position + len(octets) :]):
        assert isinstance(lecture, DemandeLue | Refusee | FichierRefuse)
