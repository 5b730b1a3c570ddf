"""What a deposit must hold to be registered, and what its coded fields may say: every fault at once."""

from collections.abc import Iterator, Mapping
from datetime import date

from contracts import territoire
from contracts.listes import est_dans
from contracts.problems import Fault
from services.demande.domain.dossier import Dossier, Personne, Recherche, Role
from services.demande.domain.numero import est_bien_forme

_PERSONNE = {
    "civilite": "civilite",
    "sexe": "sexe",
    "nationalite": "nationalite",
    "situation_familiale": "situation_familiale",
    "coparentalite": "coparentalite",
}


def fautes(
    *,
    le: date,
    deposee_le: date,
    numero: str | None,
    recherche: Recherche,
    dossier: Dossier,
    personnes: Mapping[str, Personne],
) -> list[Fault]:
    """Every fault of a deposit, each with its JSON pointer. le: today. Source: demande.md §5.1, §5.2; D05."""
    found = [*_recherche(recherche), *_dossier(dossier), *_demandeur(personnes), *_personnes(personnes, le)]
    if deposee_le > le:
        found.append(Fault("/deposee_le", "depot-futur", "La date de dépôt est dans l'avenir : corrigez-la."))
    if numero is not None and not est_bien_forme(numero):
        found.append(
            Fault(
                "/numero",
                "numero-unique-mal-forme",
                "Le numéro unique n'a pas les dix-huit caractères attendus : recopiez-le depuis l'attestation, "
                "ou ne donnez rien pour en obtenir un.",
            )
        )
    return found


def fautes_des_sections(
    *, le: date, recherche: Recherche | None, dossier: Dossier | None, personnes: Mapping[str, Personne]
) -> list[Fault]:
    """Every fault of the sections that a change gives."""
    found = [*_recherche(recherche)] if recherche else []
    found += [*_dossier(dossier)] if dossier else []
    return [*found, *_personnes(personnes, le)]


def _code(liste: str, code: str | None, pointer: str) -> Iterator[Fault]:
    if code is not None and not est_dans(liste, code):
        yield Fault(pointer, "code-inconnu", f"Ce code n'est pas dans la liste « {liste} » : corrigez-le.")


def _recherche(recherche: Recherche) -> Iterator[Fault]:
    if not recherche.typologies:
        yield Fault("/recherche/typologies", "typologie-absente", "Indiquez au moins une typologie souhaitée.")
    if not recherche.lieux:
        yield Fault("/recherche/lieux", "lieu-absent", "Indiquez au moins une commune souhaitée.")
    for rang, typologie in enumerate(recherche.typologies):
        yield from _code("type_logement", typologie, f"/recherche/typologies/{rang}")
    for rang, lieu in enumerate(recherche.lieux):
        if not territoire.existe(lieu.commune):
            yield Fault(
                f"/recherche/lieux/{rang}/commune",
                "commune-inconnue",
                "Cette commune n'existe pas au millésime en vigueur : donnez son code INSEE actuel.",
            )
    if len({lieu.identifiant for lieu in recherche.lieux}) < len(recherche.lieux):
        yield Fault("/recherche/lieux", "lieu-en-double", "Un même lieu est souhaité deux fois : gardez-en un.")


def _dossier(dossier: Dossier) -> Iterator[Fault]:
    if not dossier.motifs:
        yield Fault("/dossier/motifs", "motif-absent", "Indiquez au moins un motif, le principal en premier.")
    for rang, motif in enumerate(dossier.motifs):
        yield from _code("motif_demande", motif, f"/dossier/motifs/{rang}")
    if dossier.logement is not None:
        for rang, modele in enumerate(dossier.logement.modeles):
            yield from _code("modele_logement", modele, f"/dossier/logement/modeles/{rang}")
        for nom in ("loyer", "charges", "habitants", "surface"):
            valeur = getattr(dossier.logement, nom)
            if valeur is not None and valeur < 0:
                yield Fault(f"/dossier/logement/{nom}", "montant-negatif", "Cette valeur ne peut pas être négative.")


def _demandeur(personnes: Mapping[str, Personne]) -> Iterator[Fault]:
    demandeurs = [personne for personne in personnes.values() if personne.role is Role.DEMANDEUR]
    if len(demandeurs) != 1:
        yield Fault("/personnes", "demandeur-absent", "Il faut un demandeur, et un seul.")


def _personnes(personnes: Mapping[str, Personne], le: date) -> Iterator[Fault]:
    for identifiant, personne in personnes.items():
        yield from _personne(personne, f"/personnes/{identifiant}", le)


def _personne(personne: Personne, pointer: str, le: date) -> Iterator[Fault]:
    adulte = personne.role in (Role.DEMANDEUR, Role.COTITULAIRE)
    for nom in ("nom", "prenom", "naissance") if adulte else ("naissance",):
        if not getattr(personne, nom):
            yield Fault(f"{pointer}/{nom}", "identite-absente", "Cet élément de l'identité est obligatoire.")
    if personne.naissance is not None and personne.naissance > le:
        yield Fault(f"{pointer}/naissance", "naissance-future", "La date de naissance est dans l'avenir : corrigez-la.")
    for nom, liste in _PERSONNE.items():
        yield from _code(liste, getattr(personne, nom), f"{pointer}/{nom}")
    for nom in ("recues", "versees"):
        for rang, ressource in enumerate(getattr(personne, nom) or ()):
            yield from _code(f"ressource_{nom[:-1]}", ressource.nature, f"{pointer}/{nom}/{rang}/nature")
            if ressource.montant is not None and ressource.montant < 0:
                yield Fault(
                    f"{pointer}/{nom}/{rang}/montant", "montant-negatif", "Un montant ne peut pas être négatif."
                )
    if personne.emploi is not None:
        yield from _code("type_contrat_travail", personne.emploi.contrat, f"{pointer}/emploi/contrat")
