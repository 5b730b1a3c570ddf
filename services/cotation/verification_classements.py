"""What `logis verify` checks of the rankings: each is as it was shown, and its scores come out again by the scalar oracle."""

from uuid import UUID

from services.chassis.fabric import Fabric
from services.chassis.verification.controle import Controle
from services.chassis.verification.journal import streams
from services.cotation.domain.classement import empreinte
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.journal import ClassementArrete
from services.cotation.domain.oracle import evaluer
from services.cotation.flots import CATALOGUE, CLASSEMENT
from services.cotation.grilles import Grilles
from services.cotation.projections.situation_v1 import situations_du


async def classements(fabric: Fabric) -> Controle:
    """The hash of each ranking is that of its lines, in order; a line's score is that of its situation, its grid, its day.

    The facts of a place that was not wished are not kept: the hash alone holds such a line, as one whose facts were erased.
    """
    grilles, examined, erased, found = Grilles(), 0, 0, list[str]()
    async with fabric.database.engine.connect() as connection:
        await grilles.refresh(connection)
    async for head, loaded in streams(fabric.database, fabric.journal, f"{CLASSEMENT.category}-"):
        for recorded in loaded.events:
            arrete = CATALOGUE.decode(recorded, {})
            assert isinstance(arrete, ClassementArrete)
            if empreinte(arrete.lignes) != arrete.empreinte:
                found.append(f"{head.stream} : l'empreinte n'est pas celle des lignes")
            if [ligne.rang for ligne in arrete.lignes] != list(range(1, len(arrete.lignes) + 1)):
                found.append(f"{head.stream} : les rangs ne se suivent pas")
            faux, effaces = await _recalculees(fabric, grilles, arrete)
            examined, erased = examined + len(arrete.lignes), erased + effaces
            found += [f"{head.stream} : {faute}" for faute in faux]
    return Controle("cotation : classements recalculés", examined, tuple(found), erased)


async def _recalculees(fabric: Fabric, grilles: Grilles, arrete: ClassementArrete) -> tuple[list[str], int]:
    """The lines whose score is not the one computed again, and how many could not be."""
    souhaitees = [ligne for ligne in arrete.lignes if not ligne.elargie]
    async with fabric.database.engine.connect() as connection:
        wanted = [(UUID(ligne.demande), ligne.situation, arrete.au) for ligne in souhaitees]
        situations = await situations_du(connection, fabric.keys, wanted)
    grille, faux = grilles.par_version[arrete.version].grille, []
    connues = [(ligne, situations.get((UUID(ligne.demande), ligne.situation, arrete.au))) for ligne in souhaitees]
    lues = [(ligne, situation) for ligne, situation in connues if situation and ligne.lieu in situation.lieux]
    for ligne, situation in lues:
        resultat = evaluer(grille, faits_du_lieu(situation, ligne.lieu), arrete.au)
        if ecrire(resultat.total) != ligne.total:
            faux.append(f"{ligne.demande} {ligne.lieu} : {ligne.total} montré, {ecrire(resultat.total)} recalculé")
    return faux, len(arrete.lignes) - len(lues)
