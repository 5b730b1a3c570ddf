"""One demande followed: deposited at a desk, scored, explained, changed, scored again."""

from typing import Any

from demo.scenario.maison import Maison

_DEPOT: dict[str, Any] = {
    "deposee_le": "2025-03-14",
    "guichet": "G6702",
    "recherche": {"typologies": ["T3"], "lieux": [{"commune": "67482"}, {"commune": "68224"}]},
    "dossier": {"motifs": ["12"], "logement": {"modeles": ["LP"], "loyer": 640, "habitants": 2}},
    "personnes": {
        "p1": {
            "role": "demandeur",
            "civilite": "2",
            "nom": "Exemple",
            "prenom": "Camille",
            "naissance": "1991-06-02",
            "courriel": "camille.exemple@example.org",
            "avis_electroniques": True,
            "emploi": {"contrat": "CDD"},
            "recues": [{"nature": "SAL", "montant": 1450}],
        },
        "p2": {"role": "a_charge", "naissance": "2018-05-06"},
    },
}


async def suivre_une_demande(maison: Maison) -> dict[str, Any]:
    """What an applicant may be told of its demande, at each moment."""
    guichet = maison.client("eurometropole-strasbourg", "guichet")
    reponse = await guichet.post("/demande/v1/demandes", json=_DEPOT, headers={"Idempotency-Key": "demo-suivie"})
    reponse.raise_for_status()
    demande, etag = reponse.json()["demande"], reponse.headers["ETag"]
    explications = [
        await _expliquer(maison, demande, lieu, reponse.headers["Logis-Curseur"]) for lieu in ("67482", "68224")
    ]
    motifs = {"dossier": _DEPOT["dossier"] | {"motifs": ["01", "12"]}}
    change = await guichet.patch(f"/demande/v1/demandes/{demande}/sections", json=motifs, headers={"If-Match": etag})
    change.raise_for_status()
    apres = await _expliquer(maison, demande, "67482", change.headers["Logis-Curseur"])
    return {
        "demande": demande,
        "deposee_le": "14 mars 2025",
        "explications": explications,
        "changement": f"{explications[0]['total']} points à Strasbourg, puis {apres['total']}.",
    }


async def _expliquer(maison: Maison, demande: str, lieu: str, curseur: str) -> dict[str, Any]:
    client = maison.client("gestionnaire-alsace", "gestionnaire")
    while True:
        reponse = await client.get(
            f"/cotation/v1/cotations/{demande}/explication", params={"lieu": lieu}, headers={"Logis-Curseur": curseur}
        )
        if reponse.status_code == 200 and reponse.headers["Logis-A-Jour"] == "oui":
            lue = reponse.json()
            return {
                "lieu": lieu,
                "total": lue["note"]["total"],
                "titre": lue["explication"]["titre"],
                "calcul": lue["explication"]["calcul"],
            }
