"""`logis flux rebuild`: the ledger's read models built again from its journal."""

import httpx
from sqlalchemy import text

from services.chassis.rebuild.cli import rebuild
from services.flux.projections import PROJECTIONS
from services.flux.service import SERVICE
from services.flux.verification import verifier
from tests.flux.integration.conftest import Service, charger, conventionner, liberer, orienter
from tests.flux.integration.registre import Registre

FAUTES = (
    "delete from logement_v1",
    "update convention_v1 set statut = 'BROUILLON'",
    "update liberation_v1 set statut = 'RENDUE'",
    "update mise_a_disposition_v1 set attendue = not attendue",
    "update sequence_v1 set etat = '{}'",
    "update compte_v1 set titulaire = 'personne'",
    "delete from ecriture_v1",
)


async def test_tous_les_modeles_du_grand_livre_se_reconstruisent(flux: Service, bailleur: httpx.AsyncClient) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    decidee = await orienter(bailleur, await liberer(bailleur, "6711000001"), titulaire="etat-67", motif="Essai.")
    await Registre(flux).louer([decidee["mise_a_disposition"]])
    async with flux.fabric.database.engine.begin() as connection:
        for faute in FAUTES:
            await connection.execute(text(faute))

    [repare] = await rebuild(flux.fabric, SERVICE, lambda *_: None, flip=True)
    [compare] = await rebuild(flux.fabric, SERVICE, lambda *_: None, flip=False)

    assert {un.table for un in repare.compared} == {projection.name for projection in PROJECTIONS}
    assert all(un.differing == un.rows > 0 for un in repare.compared)
    assert all(un.differing == 0 for un in compare.compared)
    assert all(controle.conforme for controle in await verifier(flux.fabric, flux.store))
