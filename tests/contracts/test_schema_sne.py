"""The committed schemas of the SNE file: provenance of each element, what each version accepts."""

import re
from pathlib import Path

import pytest
from lxml import etree

from contracts import listes

SNE = Path(__file__).parents[2] / "contracts" / "sne"
XS = "{http://www.w3.org/2001/XMLSchema}"


def schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SNE / f"interface-nuu-{version}.xsd"))


def fichier(version: str, entete: str, demande: str, racine: str = "") -> etree._Element:
    return etree.fromstring(
        f'<n:interfaceNuu xmlns:n="http://nuu.application.i2/" xmlns:a="urn:autre" versionInterface="{version}">'
        f"<n:entete>{entete}<n:dateFichier>2018-03-15T16:54:06.339+01:00</n:dateFichier></n:entete>"
        f"<n:demande><n:demandeLogement>{demande}</n:demandeLogement></n:demande>{racine}</n:interfaceNuu>"
    )


PERSONNE = """<n:personnePhysique><n:demandeur><n:civilite code="1"/><n:nom>Weber</n:nom><n:prenom>Jean</n:prenom>
<n:dateNaissance>1970-01-01</n:dateNaissance><n:nationalite code="1"/><n:situationFamiliale code="M"/>
<n:adressePostale><n:etranger>false</n:etranger><n:commune code="2A004"/></n:adressePostale>
<n:revenuFiscal><n:anneeMoins1>2017</n:anneeMoins1><n:anneeMoins2>2016</n:anneeMoins2></n:revenuFiscal>
<n:listeRessourceRecuePersACharge/></n:demandeur></n:personnePhysique>"""
RECHERCHE = """<n:logementRecherche><n:listeTypeLogement><n:typeLogement code="T2"/></n:listeTypeLogement>
<n:demandeElargie>false</n:demandeElargie><n:listeLocalisationSouhaite><n:localisationSouhaite><n:commune code="67482"/>
</n:localisationSouhaite></n:listeLocalisationSouhaite></n:logementRecherche>"""
DATE = "<n:dateCreationDemande>2018-03-15</n:dateCreationDemande>"
BROUILLON = "<n:numUnique>1110318016982G1104</n:numUnique>" + DATE + PERSONNE
COMPLETE = "<n:numGuichet>67482</n:numGuichet>" + DATE + PERSONNE + RECHERCHE
CREATION = "<n:typeFichier>CRE</n:typeFichier>"


@pytest.mark.parametrize("nom", sorted(chemin.name for chemin in SNE.glob("*.xsd")))
def test_chaque_element_dit_s_il_a_ete_vu_ou_place_par_nous(nom):
    elements = list(etree.parse(SNE / nom).iter(f"{XS}element"))
    sans = [
        element.get("name")
        for element in elements
        if not (element.findtext(f"{XS}annotation/{XS}documentation") or "").startswith(("[x] ", "[o] "))
    ]
    assert sans == []
    assert elements or nom == "nuu-listes.xsd"


def test_le_brouillon_de_l_etat_est_lisible_en_02_00_et_incomplet_en_02_01():
    assert schema("02.00").validate(fichier("02.00", "", BROUILLON))
    assert not schema("02.01").validate(fichier("02.01", "", BROUILLON))
    assert schema("02.01").validate(fichier("02.01", CREATION, COMPLETE))


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ('nationalite code="1"', 'nationalite code="7"'),
        ("1970-01-01", "1970-02-30"),
        ('commune code="67482"', 'commune code="Strasbourg"'),
        ("<n:demandeElargie>false", "<n:demandeElargie>peut-être"),
        ("<n:numGuichet>67482", "<n:numGuichet>guichet 12"),
        (
            "<n:anneeMoins2>2016</n:anneeMoins2>",
            "<n:anneeMoins2>2016</n:anneeMoins2><n:montantMoins2>-3</n:montantMoins2>",
        ),
        ("<n:numGuichet>", "<n:numUnique>67-12</n:numUnique><n:numGuichet>"),
    ],
)
def test_une_valeur_fausse_est_vue_par_le_schema(avant, apres):
    assert avant in COMPLETE
    assert not schema("02.01").validate(fichier("02.01", CREATION, COMPLETE.replace(avant, apres)))


def test_ce_qui_vient_d_ailleurs_est_tolere():
    etranger = COMPLETE.replace("</n:demandeur>", "<a:inconnu x='1'>?</a:inconnu></n:demandeur>")
    assert schema("02.01").validate(fichier("02.01", CREATION, etranger, "<a:signature/>"))


def test_les_listes_du_schema_sont_celles_des_contrats():
    """Codes of ours that the SNE does not know are left out; the empty motive of a radiation is its reactivation."""
    types = etree.parse(SNE / "nuu-listes.xsd").iter(f"{XS}simpleType")
    vues = {
        element.get("name"): {valeur.get("value") for valeur in element.iter(f"{XS}enumeration")} for element in types
    }
    assert len(vues) == 29
    for nom, codes in vues.items():
        liste = listes.liste(re.sub(r"(?<!^)(?=[A-Z])", "_", nom.removeprefix("Code")).lower())
        officiels = {v.code for v in liste if v.attributs.get("code_officiel", True)}
        assert codes == officiels, nom
