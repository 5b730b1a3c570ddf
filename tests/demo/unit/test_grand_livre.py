"""The ledger of the report: perimeters summed by landlord and holder, the largest deviation kept with its own bound."""

from demo.scenario.grand_livre import LigneDuLivre, rassembler


def _ligne(titulaire: str, objectif: str, credit: str, borne: str | None, orientes: int = 1) -> dict[str, object]:
    return {"bailleur": "b", "titulaire": titulaire, "objectif_a_date": objectif, "orientes": orientes, "engages": 1,
            "imputes": orientes - 1, "credit": credit, "borne": borne}  # fmt: skip


def test_perimeters_are_summed_and_the_largest_deviation_is_kept() -> None:
    lignes = [
        _ligne("etat", "3/4", "-1/4", "9/10"),
        _ligne("etat", "5/2", "1/2", "7/8", orientes=2),
        _ligne("m2a", "4", "0", "7/8", orientes=4),
        _ligne("illzach", "0", "0", None, orientes=0),
    ]
    assert rassembler(lignes) == [
        LigneDuLivre("b", "m2a", "4", 4, 1, 3, "0", "7/8"),
        LigneDuLivre("b", "etat", "13/4", 3, 2, 1, "1/2", "7/8"),
    ]
