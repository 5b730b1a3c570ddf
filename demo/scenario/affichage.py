"""The report of the demonstration, for a director: what was done, a dwelling followed, the ledger, the verification."""

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from demo.region import Region
from demo.scenario.affichage_suivie import afficher_la_suite
from demo.scenario.francais import decimal, entier, pluriel
from demo.scenario.rapport import Rapport

_MIO = 2**20


def afficher(rapport: Rapport, region: Region, console: Console) -> None:
    """Print the report. It fits 80 columns; cells wrap, none is cut."""
    parts: list[RenderableType] = [_chiffres(rapport)]
    if rapport.suivie is not None:
        parts += afficher_la_suite(rapport.suivie, region)
    parts += [_grand_livre(rapport, region), _verification(rapport), _conclusion(rapport)]
    console.print(Group(*parts))


def tableau(titre: str, *colonnes: str, nombres: int = 0) -> Table:
    """An empty table. nombres: how many of its last columns are numbers."""
    table = Table(box=SIMPLE_HEAD, title=titre, title_justify="left", title_style="bold", pad_edge=False)
    for place, colonne in enumerate(colonnes):
        est_un_nombre = place >= len(colonnes) - nombres
        table.add_column(colonne, justify="right" if est_un_nombre else "left", no_wrap=est_un_nombre, overflow="fold")
    return table


def _chiffres(rapport: Rapport) -> Table:
    table = tableau("La région de démonstration", "étape", "ce qui s'est passé", "durée", nombres=1)
    for etape, (nom, fait) in _faits(rapport).items():
        table.add_row(nom, fait, f"{decimal(str(rapport.durees_s.get(etape, 0)), 1)} s")
    return table


def _faits(rapport: Rapport) -> dict[str, tuple[str, str]]:
    """The name of each step and what it did, in the order of the job."""
    demandes, cotations, orientations = rapport.demandes, rapport.cotations, rapport.orientations
    livres = rapport.webhooks["livres"]
    return {
        "population": ("population", "tirée au sort, sans personne réelle"),
        "region": ("région", "quatre services, leurs bases, leurs grilles, démarrés de rien"),
        "import": (
            "import",
            f"{pluriel(demandes['importees'], 'demande')} au registre, {entier(demandes['incompletes'])} à compléter, "
            f"{entier(demandes['refusees'])} refusées, chacune avec sa ligne, son champ et le remède",
        ),
        "cotation": (
            "cotation",
            f"{pluriel(cotations['etablies'], 'note')} pour {pluriel(cotations['demandes_cotees'], 'demande')} : "
            "une par lieu souhaité ; commencée pendant l'import",
        ),
        "logements": (
            "logements",
            f"{pluriel(rapport.logements, 'logement')} au parc, {pluriel(rapport.conventions, 'convention')}, "
            f"{pluriel(rapport.liberations, 'libération')}, {entier(orientations['faites'])} orientées, "
            f"{entier(orientations['soustraites'])} soustraites du flux ; pendant l'import",
        ),
        "attributions": (
            "attributions",
            f"{pluriel(rapport.designes, 'candidature')}, {entier(rapport.refus)} refus, "
            f"{pluriel(rapport.baux, 'bail signé', 'baux signés')}",
        ),
        "messages": (
            "messages",
            f"{pluriel(rapport.messages, 'courriel')} au serveur de courriel ; {pluriel(livres, 'appel')} aux systèmes "
            f"des bailleurs, {entier(rapport.webhooks['verifies'])} à la signature vérifiée",
        ),
        "verification": ("vérification", f"{pluriel(len(rapport.verification['controles']), 'contrôle')}, ci-dessous"),
        "total": ("en tout", _memoire(rapport)),
    }


def _memoire(rapport: Rapport) -> str:
    if rapport.memoire_octets is None:
        return "démarrage et arrêt compris"
    return f"démarrage et arrêt compris ; au plus {entier(rapport.memoire_octets // _MIO)} Mio de mémoire, tous processus réunis"


def _grand_livre(rapport: Rapport, region: Region) -> Table:
    colonnes = ("titulaire", "dus", "proposés", "engagés", "imputés", "écart", "borne")
    table = tableau("Le grand livre, en logements", *colonnes, nombres=6)
    titulaires = {reservataire.id: reservataire.nom for reservataire in region.reservataires}
    for bailleur in region.bailleurs:
        table.add_row(Text(bailleur.nom, style="bold"))
        for ligne in rapport.grand_livre:
            if ligne.bailleur == bailleur.id:
                table.add_row(
                    f"  {titulaires[ligne.titulaire]}",
                    decimal(ligne.du),
                    entier(ligne.proposes),
                    entier(ligne.engages),
                    entier(ligne.imputes),
                    decimal(ligne.ecart, signe=True),
                    decimal(ligne.borne),
                )
    table.caption = (
        "Dus : la part du titulaire dans les logements orientés. Écart : dus moins proposés, dans le périmètre où il est le "
        f"plus grand. Sur toute l'année, aucun écart n'a dépassé {decimal(rapport.orientations['ecart_max'])} logement "
        f"(borne : {decimal(rapport.orientations['borne'])})."
    )
    table.caption_justify = "left"
    return table


def _verification(rapport: Rapport) -> Table:
    table = tableau("La vérification", "contrôle", "examinés", "écarts", nombres=2)
    for controle in rapport.verification["controles"]:
        table.add_row(controle["nom"], entier(controle["examines"]), entier(controle["ecarts"]))
    return table


def _conclusion(rapport: Rapport) -> Text:
    if rapport.verification["conforme"]:
        return Text("Conforme : tout ce qui est gardé s'accorde.", style="bold green")
    return Text("NON CONFORME : des contrôles ont trouvé des écarts.", style="bold red")
