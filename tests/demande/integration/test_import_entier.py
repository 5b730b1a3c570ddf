"""What an import gives of each demande, good or bad, in both versions of the exchange format."""

from datetime import date
from pathlib import Path

import pytest

from demo.manifeste import Parametres, generer
from demo.region import lire_region
from services.chassis.events.context import Context
from services.chassis.journal.cursor import ORIGIN
from services.demande.adapters.sne import DemandeLue, lire
from services.demande.domain.demande import Demande
from services.demande.domain.evenements import DemandeEnregistree
from services.demande.domain.numero import est_bien_forme
from services.demande.flots import CATALOGUE, DEMANDE
from services.demande.service import SERVICE
from services.demande.use_cases.importer_fichier import Importation, importer_fichier
from tests.demande.integration.conftest import Registre

LE = date(2026, 11, 1)
UN_MOIS_APRES = date(2026, 12, 1)

DIX_FACONS = {
    "code-inconnu": "listeMotifDemande/motifDemande/@code",
    "commune-inconnue": "logementRecherche/listeLocalisationSouhaite/localisationSouhaite/commune/@code",
    "date-impossible": "personnePhysique/demandeur/dateNaissance",
    "naissance-future": "personnePhysique/demandeur/dateNaissance",
    "identite-absente": "personnePhysique/demandeur/nom",
    "numero-unique-mal-forme": "numUnique",
    "numero-unique-deja-attribue": "numUnique",
    "montant-negatif": "personnePhysique/demandeur/revenuFiscal/montantMoins2",
    "depot-futur": "dateCreationDemande",
    "texte-illisible": "personnePhysique/demandeur/prenom",
}
"""The ten ways in which one demande in a hundred is spoiled: code, and field that the report must name."""


@pytest.fixture(scope="module", params=["02.00", "02.01"])
def fichier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand demandes, spoiled once in each of the ten ways."""
    dossier = tmp_path_factory.mktemp("envoi")
    parametres = Parametres(1_000, 1, LE, 2026, version=request.param, logements=1)
    return dossier / generer(parametres, lire_region(), dossier).demandes[0].chemin


def _completes(fichier: Path) -> list[DemandeLue]:
    with fichier.open("rb") as flux:
        return [une for une in lire(flux, le=LE) if isinstance(une, DemandeLue) and not une.est_brouillon]


@pytest.mark.duty("demande:D07", "demande:D08", "demande:D09")
async def test_chaque_bonne_demande_a_son_numero_sa_date_et_son_histoire(registre: Registre, fichier: Path) -> None:
    lues = _completes(fichier)
    async with registre() as fabric:
        store = SERVICE.assemble(fabric).store
        context = Context("import", fabric.region.code, fabric.now())
        bilan = await importer_fichier(fichier, LE, Importation(store, fabric.blind_index, context))
        notes = await fabric.journal.committed(ORIGIN, 10_000)
        decodes = [(note, CATALOGUE.decode(note, {})) for note in notes]
        enregistrees = {note.stream: (note, e) for note, e in decodes if isinstance(e, DemandeEnregistree)}
        flots = await store.states(DEMANDE, [DEMANDE.identifier(flot) for flot in enregistrees], personal=True)

    assert {ligne.code: ligne.champ for ligne in bilan.lignes_refusees} == DIX_FACONS
    assert bilan.refusees == len(bilan.lignes_refusees) == len(DIX_FACONS)
    assert all(ligne.ligne > 1 and ligne.message.endswith(".") for ligne in bilan.lignes_refusees)

    assert len(enregistrees) == bilan.importees
    demandes: dict[str, Demande] = {}
    for stream in flots.values():
        assert stream.state.numero is not None
        demandes[stream.state.numero] = stream.state
    assert len(demandes) == bilan.importees, "two demandes hold the same number"
    # The first to bring a number keeps it: the second, another person, is the one refused.
    gardes = {lue.numero: lue for lue in reversed(lues) if lue.numero is not None}
    emis = [demande for numero, demande in demandes.items() if numero not in gardes]
    assert gardes
    assert emis
    for numero in gardes.keys() & demandes.keys():
        assert demandes[numero].deposee_le == gardes[numero].deposee_le, "the date of seniority is that of the file"
    for demande in emis:
        assert demande.numero is not None
        assert est_bien_forme(demande.numero)
        assert demande.numero.startswith(f"{demande.territoire}{demande.deposee_le:%m%y}")
    for note, evenement in enregistrees.values():
        assert note.version == 1
        assert evenement.attestation_avant == UN_MOIS_APRES
        assert evenement.deposee_le <= LE
        assert Context.decode(note.event.metadata, note.event.recorded_at).acteur == "import"
    assert sum(evenement.emis for _, evenement in enregistrees.values()) == len(emis)
