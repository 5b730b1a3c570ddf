"""Who is owed what of a dwelling, and in which sequence it is counted."""

from datetime import date
from fractions import Fraction

import pytest

from contracts import territoire
from services.flux.domain.convention import Contrepartie, Gestion, PartConvenue, Termes
from services.flux.domain.droits import ConventionEnVigueur, Partage, PartPropre, partager
from services.flux.domain.imputation import Contingent, Unite
from services.flux.domain.parts import PartsInvalides

EMS = territoire.communes_de("246700488")
LE = date(2026, 3, 2)
PROPRE = PartPropre("part-trois-rivieres", "trois-rivieres-habitat", "propre")


def convention(
    titulaire: str, pour_cent: int, *, communes: tuple[str, ...] = EMS, signee: int = 12, **autres: object
) -> ConventionEnVigueur:
    qpv = autres.pop("qpv", None)
    part = PartConvenue(
        communes,
        str(Fraction(pour_cent, 100)),
        date(2026, 1, 1),
        date(2028, 12, 31),
        Contrepartie.TERRAIN,
        qpv,  # type: ignore[arg-type]
    )
    termes = Termes(
        numero=titulaire, bailleur=PROPRE.bailleur, reservataire=titulaire, type_reservataire="AUTRE",
        organisation=titulaire, departement="67", effet=date(2026, 1, 1), fin=date(2028, 12, 31), gestion=Gestion.DIRECTE,
        delegataire=None, designation_mois=1, unite=Unite.BAIL_SIGNE, rendu_compte=False, refus_compte=False,
        neuf_compte=False, dalo_autre_contingent=Contingent.RESERVATAIRE, stipulation_hors_qpv=False, stipulations="",
        taux_rotation=None, parts=(part,),
    )  # fmt: skip
    return ConventionEnVigueur(f"c-{titulaire}", date(2025, 11, signee), termes, **autres)  # type: ignore[arg-type]


def partage(
    *conventions: ConventionEnVigueur, commune: str = "67482", qpv: bool = False, neuf: bool = False
) -> Partage:
    return partager(conventions, PROPRE, commune=commune, qpv=qpv, neuf=neuf, le=LE, designation_mois=1)


@pytest.mark.duty("flux:L6")
def test_le_droit_d_une_commune_ne_vaut_que_chez_elle() -> None:
    conventions = (convention("etat", 30), convention("strasbourg", 6, communes=("67482",)))

    chez_elle, ailleurs = partage(*conventions), partage(*conventions, commune="67447")

    assert chez_elle.parts == {
        "etat": Fraction(3, 10),
        "strasbourg": Fraction(3, 50),
        "part-trois-rivieres": Fraction(16, 25),
    }
    assert "strasbourg" not in ailleurs.parts
    assert (chez_elle.perimetre, ailleurs.perimetre) == ("commune:67482", "epci:246700488:67")


def test_deux_communes_de_la_meme_suite_ont_les_memes_droits() -> None:
    conventions = (convention("etat", 30), convention("strasbourg", 6, communes=("67482",)))
    suites: dict[str, set[tuple[tuple[str, Fraction], ...]]] = {}
    for commune in EMS:
        un = partage(*conventions, commune=commune)
        suites.setdefault(un.perimetre, set()).add(tuple(un.parts.items()))

    assert len(suites) == 2
    assert all(len(parts) == 1 for parts in suites.values())


def test_l_etat_signe_le_premier_et_passe_le_premier_a_egalite() -> None:
    noms = list(partage(convention("action-logement", 18, signee=20), convention("etat", 18, signee=12)).parts)

    assert noms == ["etat", "action-logement", "part-trois-rivieres"]


def test_une_part_propre_aux_quartiers_prioritaires_separe_les_suites() -> None:
    conventions = (convention("etat", 30), convention("epci", 9, qpv=True))

    dedans, dehors = partage(*conventions, qpv=True), partage(*conventions, qpv=False)

    assert (dedans.perimetre, dehors.perimetre) == ("epci:246700488:67:qpv", "epci:246700488:67")
    assert "epci" not in dehors.parts


def test_une_premiere_location_a_sa_suite() -> None:
    assert partage(convention("etat", 30), neuf=True).perimetre.endswith(":neuf")


def test_une_convention_resiliee_ne_donne_plus_de_droit() -> None:
    assert list(partage(convention("etat", 30, resiliee_le=LE)).parts) == ["part-trois-rivieres"]
    assert "etat" in partage(convention("etat", 30, resiliee_le=date(2026, 3, 3))).parts


def test_plus_de_cent_pour_cent_se_refuse() -> None:
    with pytest.raises(PartsInvalides, match="110 %"):
        partage(convention("etat", 60), convention("epci", 50))
