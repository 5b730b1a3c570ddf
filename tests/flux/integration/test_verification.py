"""A fault planted of each kind is found, and named."""

import httpx
import pytest

from services.flux.verification import verifier
from tests.flux.integration.conftest import Service, charger, conventionner, liberer, orienter
from tests.flux.integration.registre import Registre

FAUTES = {
    "flux : modèle logement_v1": "update logement_v1 set commune = '67447'",
    "flux : modèle convention_v1": "update convention_v1 set statut = 'BROUILLON' where reservataire = 'etat-67'",
    "flux : modèle liberation_v1": "delete from liberation_v1",
    "flux : modèle mise_a_disposition_v1": "update mise_a_disposition_v1 set attendue = not attendue",
    "flux : modèle sequence_v1": "update sequence_v1 set etat = replace(etat, '\"rang\":1', '\"rang\":2')",
    "flux : modèle compte_v1": "update compte_v1 set titulaire = 'action-logement'",
    "flux : écritures du grand livre": "update ecriture_v1 set nombre = 2 where numero = 2",
    "flux : débits égaux aux crédits": """
        alter table compte_v1 drop constraint if exists compte_v1_equilibre;
        update compte_v1 set logements_credits = logements_credits + 1""",
    "flux : une libération imputée une fois au plus": """
        insert into event (epoch, stream, version, id, type, schema, recorded_at, data, sealed, metadata, hash)
        select epoch, stream, version + 1, gen_random_uuid(), type, schema, recorded_at, data, sealed, metadata, hash
        from event where type = 'transfert_comptabilise'""",
    "flux : suites d'orientations rejouées": """
        update event set data = convert_to(replace(convert_from(data, 'UTF8'), '"rang":1', '"rang":7'), 'UTF8')
        where type = 'orientation_decidee'""",
}


async def _vie(flux: Service, client: httpx.AsyncClient) -> None:
    await charger(client, "6711000001")
    await conventionner(client)
    decidee = await orienter(client, await liberer(client, "6711000001"), titulaire="etat-67", motif="Essai.")
    await Registre(flux).louer([decidee["mise_a_disposition"]])


@pytest.mark.parametrize("nom", FAUTES)
async def test_une_faute_de_chaque_sorte_est_trouvee(flux: Service, bailleur: httpx.AsyncClient, nom: str) -> None:
    await _vie(flux, bailleur)
    sains = await verifier(flux.fabric, flux.store)
    async with flux.fabric.database.engine.begin() as connection:
        for instruction in FAUTES[nom].split(";"):
            await connection.exec_driver_sql(instruction)

    controles = {un.nom: un for un in await verifier(flux.fabric, flux.store)}

    assert {un.nom for un in sains} == set(FAUTES)
    assert all(un.conforme and un.examines for un in sains)
    assert controles[nom].ecarts
