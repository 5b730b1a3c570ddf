"""Reading a whole SNE file by stream: its header, then one demande after the other, in constant memory.

Expat, not lxml: its line numbers are exact in a file of any length (lxml's are not past line 65,535), and its events cost
no more than walking the tree that lxml builds (benchmarks/lecture_sne.py). No entity is ever read: a document type
declaration is refused.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO
from xml.parsers import expat

from contracts.listes import est_dans
from services.demande.adapters.sne.assemblage import Entete, assembler
from services.demande.adapters.sne.element import PROFONDEUR_MAXIMALE, Arret, Brute, LecteurElement, constat
from services.demande.adapters.sne.resultat import Constat, FichierRefuse, Lecture
from services.demande.adapters.sne.schema import schema
from services.demande.adapters.sne.structure import ESPACE
from services.demande.adapters.sne.valeurs import instant, montrable

VERSIONS = ("02.00", "02.01")
ENCODAGES = frozenset({"UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"})
"""What may be declared: Unicode, and the Western encodings of one byte a character."""

_BLOC = 1 << 16
_SANS_DEMANDE_OCTETS = 4 << 20
"""Most bytes without the end of a demande (one takes 3 to 20 kB): what a giant token, text or nesting may cost."""

_SIGNALEMENTS_GARDES = 100
_FERMETURE_OCTETS = len("</demandeLogement>")
_PROFONDEUR_CONNUE = 3

_RACINE = f"{ESPACE} interfaceNuu"
_ENTETE, _DEMANDE = ((_RACINE, f"{ESPACE} {nom}") for nom in ("entete", "demande"))
_TYPE_FICHIER, _DATE_FICHIER = ((*_ENTETE, f"{ESPACE} {nom}") for nom in ("typeFichier", "dateFichier"))
_DEMANDE_LOGEMENT = (*_DEMANDE, f"{ESPACE} demandeLogement")
_CONNUS = frozenset({_ENTETE, _DEMANDE, _TYPE_FICHIER, _DATE_FICHIER})


def lire(flux: BinaryIO, *, le: date) -> Iterator[Lecture]:
    """The demandes of an SNE file (02.00 or 02.01, UTF-8 or ISO-8859-1), one by one, in the order of the file.

    le: day of the import. A demande lacking mandatory parts comes as a draft (`manques`), a wrong one as a Refusee with all
    its faults; a FichierRefuse, if any, comes last. Memory does not follow the length of the file. Raises OSError when the
    stream does. Source: sne-exchange.md, demande.md §5.1 and §5.2.
    """
    fichier = _Fichier(le)
    while True:
        bloc = flux.read(_BLOC)
        refus = fichier.avancer(bloc)
        while fichier.lues:
            yield fichier.lues.popleft()
        if refus is not None:
            yield refus
        if refus is not None or not bloc:
            return


class _Fichier:
    """The parser and what it is reading: outside any demande here, inside one by `LecteurElement`."""

    def __init__(self, le: date) -> None:
        self.lues: deque[Lecture] = deque()
        self._octets = 0
        self._derniere = 0
        self._ordre = 0
        self._chemin: list[str] = []
        self._ligne = 0
        self._texte = ""
        self._entete = Entete()
        self._signalements: list[Constat] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._verifier_encodage
        self._parser.StartDoctypeDeclHandler = self._refuser_dtd
        self._element = LecteurElement(self._parser, schema(le), self._terminer)
        self._ecouter()

    def avancer(self, bloc: bytes) -> FichierRefuse | None:
        """Parse one more block (empty: the end of the file); what was read is in `lues`."""
        self._octets += len(bloc)
        try:
            self._parser.Parse(bloc, not bloc)
            if self._octets - self._derniere > _SANS_DEMANDE_OCTETS:
                raise Arret(constat(self._parser.CurrentLineNumber, "", "fichier-demesure"))
        except expat.ExpatError as illisible:
            return FichierRefuse(self._octets, constat(illisible.lineno, "", "fichier-illisible"))
        except Arret as arret:
            return FichierRefuse(self._octets, arret.constat)
        return None

    def _ecouter(self) -> None:
        self._parser.StartElementHandler = self._debut
        self._parser.EndElementHandler = self._fin
        self._parser.CharacterDataHandler = self._caracteres

    def _debut(self, nom: str, attributs: dict[str, str]) -> None:
        chemin = (*self._chemin, nom) if len(self._chemin) < _PROFONDEUR_CONNUE else ()
        self._ligne = self._parser.CurrentLineNumber
        self._texte = ""
        if not self._chemin:
            self._ouvrir_racine(nom, attributs)
        elif chemin == _DEMANDE_LOGEMENT:
            self._element.ouvrir(self._ligne)
            return
        elif chemin and chemin not in _CONNUS:
            self._signaler(chemin)
        self._chemin.append(nom)
        if len(self._chemin) > PROFONDEUR_MAXIMALE:
            raise Arret(constat(self._ligne, "", "fichier-demesure"))

    def _caracteres(self, donnees: str) -> None:
        self._texte += donnees

    def _fin(self, _: str) -> None:
        chemin = tuple(self._chemin) if len(self._chemin) <= _PROFONDEUR_CONNUE else ()
        self._chemin.pop()
        texte, self._texte = self._texte.strip(), ""
        if not texte:
            return
        if chemin == _TYPE_FICHIER:
            if not est_dans("type_fichier_sne", texte):
                raise Arret(constat(self._ligne, "entete/typeFichier", "type-fichier-inconnu", montrable(texte)))
            self._entete = replace(self._entete, type_fichier=texte)
        elif chemin == _DATE_FICHIER:
            self._entete = replace(self._entete, date=instant(texte))

    def _terminer(self, brute: Brute) -> None:
        self._ordre += 1
        self._derniere = self._parser.CurrentByteIndex + _FERMETURE_OCTETS
        brute.signalements[:0], self._signalements = self._signalements, []
        self.lues.append(assembler(brute, self._entete, ordre=self._ordre, position=self._derniere))
        self._ecouter()

    def _ouvrir_racine(self, nom: str, attributs: dict[str, str]) -> None:
        if nom != _RACINE:
            raise Arret(constat(self._ligne, "interfaceNuu", "racine-inconnue"))
        version = attributs.get("versionInterface", "").strip()
        if version not in VERSIONS:
            champ = "interfaceNuu/@versionInterface"
            raise Arret(constat(self._ligne, champ, "version-inconnue", montrable(version)))
        self._entete = replace(self._entete, version=version)

    def _signaler(self, chemin: tuple[str, ...]) -> None:
        """An unknown element outside the demandes: told with the next one."""
        locaux = [nom.rpartition(" ")[2] for nom in chemin[1:]]
        if len(self._signalements) < _SIGNALEMENTS_GARDES:
            self._signalements.append(constat(self._ligne, "/".join(locaux), "element-inconnu", montrable(locaux[-1])))

    def _verifier_encodage(self, _version: str, encodage: str | None, _autonome: int) -> None:
        if encodage is not None and encodage.upper() not in ENCODAGES:
            raise Arret(constat(self._parser.CurrentLineNumber, "", "encodage-inconnu", montrable(encodage)))

    def _refuser_dtd(self, *_: object) -> None:
        raise Arret(constat(self._parser.CurrentLineNumber, "", "dtd-refusee"))
