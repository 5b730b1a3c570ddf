"""Import demandes from a file of the national register: each good one registered, each bad one told, nothing twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from contracts.sne.anomalies import ANOMALIES
from services.chassis.events.unit_of_work import Stream, UnitOfWork
from services.chassis.vault.blind_index import BlindIndex
from services.demande.adapters.numerotation import prochains_numeros
from services.demande.adapters.sne import Constat, DemandeLue, Lot
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.demande import enregistrer, ouvrir_brouillon
from services.demande.domain.importation import Bilan, LigneRefusee
from services.demande.domain.numero import attribuer
from services.demande.flots import DEMANDE, NUMERO
from services.demande.use_cases.empreintes import empreinte_du_numero, identite

_ESPACE = UUID("b6d6f3b0-6a3e-5f2d-9c55-3f1f0d0c7a11")
"""Name space of the identifiers of imported demandes: the same input gives the same ones at each run."""

_DEJA_ATTRIBUE = "numero-unique-deja-attribue"


@dataclass(frozen=True, slots=True)
class Import:
    """The circumstances of one import. fichier: SHA-256 of the file, in hexadecimal; le: day of the import."""

    fichier: str
    le: date
    index: BlindIndex


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A demande read whole or in part, with what it will be found by. empreinte: None until it has a number."""

    lue: DemandeLue
    demande: UUID
    identite: str
    numero: str | None = None
    empreinte: str | None = None


async def importer_lot(lot: Lot, quoi: Import, work: UnitOfWork) -> Bilan:
    """Take a batch of what was read, in one transaction; returns what this batch adds to the report.

    What the register already holds is counted and left as it stands: an import may be repeated or interrupted anywhere.
    """
    candidates = [_candidate(lue, quoi) for lue in lot.demandes]
    connues = {s.head.stream for s in await work.ends(DEMANDE, [c.demande for c in candidates]) if s.version}
    nouvelles = [c for c in candidates if DEMANDE.stream(c.demande) not in connues]
    numerotees, conflits, repetees = await _numeros_libres([c for c in nouvelles if c.empreinte], work)
    a_numeroter = [c for c in nouvelles if not c.empreinte and not c.lue.est_brouillon]
    enregistrees = [*numerotees, *await _numeroter(a_numeroter, quoi, work)]
    brouillons = [c for c in nouvelles if c.lue.est_brouillon and not c.empreinte]
    changements = [change for c in enregistrees for change in _enregistrement(c, quoi)]
    await work.create_all([*changements, *(_brouillon(c, quoi) for c in brouillons)])
    return Bilan(
        importees=len(enregistrees),
        deja_connues=len(candidates) - len(nouvelles) + len(repetees),
        incompletes=len(brouillons),
        refusees=len(lot.refusees) + len(conflits),
        lignes_refusees=tuple(
            sorted(
                [_ligne(constat) for refusee in lot.refusees for constat in refusee.constats]
                + [_conflit(c) for c in conflits],
                key=lambda ligne: ligne.ligne,
            )
        ),
        interrompu=_ligne(lot.arret.constat) if lot.arret else None,
        ordre=lot.ordre,
    )


def _candidate(lue: DemandeLue, quoi: Import) -> _Candidate:
    """A demande with a number is the same one in whatever file it comes; without, it is named by its place in this file."""
    qui = identite(quoi.index, lue.personnes)
    if lue.numero is None or lue.est_brouillon:
        return _Candidate(lue, uuid5(_ESPACE, f"{quoi.fichier}/{lue.ordre}"), qui)
    empreinte = empreinte_du_numero(quoi.index, lue.numero)
    return _Candidate(lue, uuid5(_ESPACE, f"{empreinte}/{qui}"), qui, lue.numero, empreinte)


async def _numeros_libres(
    candidates: Sequence[_Candidate], work: UnitOfWork
) -> tuple[list[_Candidate], list[_Candidate], list[_Candidate]]:
    """(those whose number is free, those whose number is another person's, those already taken in this very batch)."""
    tenus = [s.head.stream for s in await work.ends(NUMERO, [c.empreinte for c in candidates]) if s.version]
    pris = await work.states(NUMERO, [NUMERO.identifier(stream) for stream in tenus]) if tenus else {}
    vus = {empreinte: stream.state.identite for empreinte, stream in pris.items()}
    libres: dict[str, _Candidate] = {}
    conflits: list[_Candidate] = []
    repetees: list[_Candidate] = []
    for candidate in candidates:
        assert candidate.empreinte is not None
        a_qui = vus.setdefault(candidate.empreinte, candidate.identite)
        if a_qui != candidate.identite:
            conflits.append(candidate)
        elif candidate.empreinte in pris or candidate.empreinte in libres:
            repetees.append(candidate)
        else:
            libres[candidate.empreinte] = candidate
    return list(libres.values()), conflits, repetees


async def _numeroter(candidates: Sequence[_Candidate], quoi: Import, work: UnitOfWork) -> list[_Candidate]:
    """Give a fresh number to each; one that an import already brought is passed over and another taken."""
    faits: list[_Candidate] = []
    restent = list(candidates)
    while restent:
        groupes: dict[tuple[str, date], list[_Candidate]] = defaultdict(list)
        for candidate in restent:
            assert candidate.lue.deposee_le is not None
            groupes[candidate.lue.territoire or "", candidate.lue.deposee_le.replace(day=1)].append(candidate)
        proposes: list[_Candidate] = []
        for (territoire, mois), groupe in sorted(groupes.items(), key=lambda item: item[0]):
            numeros = await prochains_numeros(work.connection, territoire, mois, [c.lue.guichet or "" for c in groupe])
            proposes += [
                _Candidate(c.lue, c.demande, c.identite, numero, empreinte_du_numero(quoi.index, numero))
                for c, numero in zip(groupe, numeros, strict=True)
            ]
        pris = await work.states(NUMERO, [c.empreinte for c in proposes])
        faits += [c for c in proposes if c.empreinte not in pris]
        restent = [c for c in proposes if c.empreinte in pris]
    return faits


def _enregistrement(candidate: _Candidate, quoi: Import) -> Iterable[tuple[Stream[Any], Sequence[object]]]:
    lue, empreinte = candidate.lue, candidate.empreinte
    assert lue.deposee_le is not None
    assert lue.recherche is not None
    assert empreinte is not None
    commande = DeposerDemande(
        deposee_le=lue.deposee_le,
        recue_le=quoi.le,
        guichet=lue.guichet or "",
        canal="import",
        territoire=lue.territoire or "",
        recherche=lue.recherche,
        dossier=lue.dossier,
        personnes=lue.personnes,
        numero=candidate.numero,
        numero_emis=lue.numero is None,
        valable_jusqu_au=lue.valable_jusqu_au,
        autres_numeros=lue.autres_numeros,
        nir=lue.nir,
    )
    demande, numero = DEMANDE.new(candidate.demande), NUMERO.new(empreinte)
    yield demande, enregistrer(demande.state, commande, empreinte)
    yield numero, attribuer(numero.state, str(candidate.demande), candidate.identite)


def _brouillon(candidate: _Candidate, quoi: Import) -> tuple[Stream[Any], Sequence[object]]:
    lue = candidate.lue
    stream = DEMANDE.new(candidate.demande)
    manques = tuple(constat.code for constat in lue.manques)
    return stream, ouvrir_brouillon(
        stream.state,
        le=quoi.le,
        canal="import",
        manques=manques,
        recherche=lue.recherche,
        dossier=lue.dossier,
        personnes=lue.personnes,
    )


def _ligne(constat: Constat) -> LigneRefusee:
    return LigneRefusee(constat.ligne, constat.champ, constat.code, constat.message)


def _conflit(candidate: _Candidate) -> LigneRefusee:
    anomalie = ANOMALIES[_DEJA_ATTRIBUE]
    return LigneRefusee(candidate.lue.ligne_numero, anomalie.champ, anomalie.code, anomalie.message())
