"""Whether the parts of a region agree: references, territories, SIREN numbers, holders that the law describes."""

from collections.abc import Iterator
from itertools import combinations

from contracts import territoire
from services.chassis.directory.model import Emprise, Nature, Organisation, Region, Reservataire
from services.chassis.directory.reading import proches
from services.chassis.problems import Fault


def fautes(region: Region) -> list[Fault]:
    """Every disagreement of a region whose shapes are right, with the pointer of the value to correct."""
    return [
        *_de_la_region(region),
        *_des_epci(region),
        *_des_organisations(region),
        *_des_guichets(region),
        *_des_reservataires(region),
        *_des_delais(region),
        *_des_parametres(region),
    ]


def siren_valide(siren: str) -> bool:
    """Whether the nine digits hold Luhn's check, as every SIREN does."""
    chiffres = [int(c) for c in reversed(siren)]
    doubles = (sum(divmod(2 * chiffre, 10)) for chiffre in chiffres[1::2])
    return (sum(chiffres[::2]) + sum(doubles)) % 10 == 0


def _de_la_region(region: Region) -> Iterator[Fault]:
    if region.millesime != territoire.MILLESIME:
        yield Fault(
            "/region/millesime",
            "millesime-inconnu",
            f"Les codes des communes sont ceux de {territoire.MILLESIME} ; le fichier dit {region.millesime}.",
        )
    if not region.departements:
        yield Fault("/departements", "cle-absente", "La région doit compter au moins un département.")
    for rang, code in enumerate(region.departements):
        try:
            territoire.communes_du_departement(code)
        except territoire.TerritoireInconnu as faute:
            yield Fault(f"/departements/{rang}/code", "territoire-inconnu", str(faute))


def _des_epci(region: Region) -> Iterator[Fault]:
    for rang, epci in enumerate(region.epci.values()):
        base = f"/epci/{rang}"
        try:
            reel = territoire.epci(epci.siren)
            communes = territoire.communes_de(epci.siren)
        except territoire.TerritoireInconnu as faute:
            yield Fault(f"{base}/siren", "territoire-inconnu", str(faute))
            continue
        if reel.nom != epci.nom:
            yield Fault(f"{base}/nom", "nom-different", f"Le SIREN {epci.siren} est celui de « {reel.nom} ».")
        if not any(territoire.commune(c).departement in region.departements for c in communes):
            yield Fault(f"{base}/siren", "hors-region", f"« {reel.nom} » n'a aucune commune dans la région.")


def _des_organisations(region: Region) -> Iterator[Fault]:
    vus: dict[str, str] = {}
    tenus_par = {r.organisation for r in region.reservataires.values() if r.type == "BAILLEUR"}
    for rang, une in enumerate(region.organisations.values()):
        base = f"/organisations/{rang}"
        yield from _de_l_emprise(base, une.emprise, region)
        yield from _du_siren(base, une, vus)
        if une.nature is Nature.BAILLEUR and une.id not in tenus_par:
            yield Fault(
                base,
                "part-propre-absente",
                f"Le bailleur « {une.id} » tient le reste des réservations : déclarez son réservataire de type BAILLEUR.",
            )


def _du_siren(base: str, une: Organisation, vus: dict[str, str]) -> Iterator[Fault]:
    if une.siren is None:
        if une.nature is Nature.BAILLEUR:
            yield Fault(f"{base}/siren", "cle-absente", "Un bailleur est nommé par son SIREN (R441-2-9).")
        return
    if not siren_valide(une.siren):
        yield Fault(f"{base}/siren", "siren-invalide", f"La clé du SIREN {une.siren} est fausse : vérifiez la saisie.")
    if une.siren in vus:
        yield Fault(f"{base}/siren", "doublon", f"Le SIREN {une.siren} est déjà celui de « {vus[une.siren]} ».")
    vus[une.siren] = une.id


def _des_guichets(region: Region) -> Iterator[Fault]:
    for rang, guichet in enumerate(region.guichets.values()):
        yield from _de_l_organisation(f"/guichets/{rang}", guichet.organisation, region)


def _des_reservataires(region: Region) -> Iterator[Fault]:
    for rang, titulaire in enumerate(region.reservataires.values()):
        base = f"/reservataires/{rang}"
        yield from _de_l_organisation(base, titulaire.organisation, region)
        yield from _de_l_emprise(base, titulaire.emprise, region)
        yield from _du_perimetre(base, titulaire, region)
        if titulaire.parent is not None and titulaire.parent not in region.reservataires:
            suite = proches(titulaire.parent, region.reservataires)
            yield Fault(f"{base}/parent", "reference-inconnue", f"Aucun réservataire « {titulaire.parent} »{suite}.")


def _du_perimetre(base: str, titulaire: Reservataire, region: Region) -> Iterator[Fault]:
    """A commune or an EPCI holds rights on its own territory only (R441-5-3, L6)."""
    emprise = titulaire.emprise
    if titulaire.type == "COMMUNE" and (len(emprise.communes) != 1 or emprise.epci or emprise.departements):
        yield Fault(base, "perimetre-interdit", "Le périmètre d'une commune est cette seule commune (R441-5-3).")
    if titulaire.type == "EPCI" and (len(emprise.epci) != 1 or emprise.communes or emprise.departements):
        yield Fault(base, "perimetre-interdit", "Le périmètre d'un EPCI est ce seul EPCI (R441-5-3).")
    exercant = region.organisations.get(titulaire.organisation)
    du_meme_genre = exercant is not None and exercant.nature.value.upper() == titulaire.type
    if exercant is not None and du_meme_genre and titulaire.type in ("COMMUNE", "EPCI") and exercant.emprise != emprise:
        yield Fault(
            base, "perimetre-interdit", f"Le périmètre doit être le territoire de « {exercant.id} » (R441-5-3)."
        )


def _de_l_organisation(base: str, identifiant: str, region: Region) -> Iterator[Fault]:
    if identifiant and identifiant not in region.organisations:
        suite = proches(identifiant, region.organisations)
        yield Fault(f"{base}/organisation", "reference-inconnue", f"Aucune organisation « {identifiant} »{suite}.")


def _de_l_emprise(base: str, emprise: Emprise, region: Region) -> Iterator[Fault]:
    for code in sorted(emprise.departements - set(region.departements)):
        yield Fault(f"{base}/departements", "hors-region", f"Le département {code} n'est pas de la région.")
    for siren in sorted(emprise.epci - set(region.epci)):
        yield Fault(f"{base}/epci", "hors-region", f"L'EPCI {siren} n'est pas déclaré dans la région.")
    for code in sorted(emprise.communes):
        if not territoire.existe(code):
            yield Fault(f"{base}/communes", "territoire-inconnu", f"Aucune commune ne porte le code {code}.")
        elif territoire.commune(code).departement not in region.departements:
            yield Fault(f"{base}/communes", "hors-region", f"La commune {code} n'est pas dans la région.")


def _des_delais(region: Region) -> Iterator[Fault]:
    for rang, delai in enumerate(region.delais):
        if delai.departement not in region.departements:
            yield Fault(
                f"/delais_anormalement_longs/{rang}/departement",
                "hors-region",
                f"Le département {delai.departement} n'est pas de la région.",
            )
    for premier, second in combinations(region.delais, 2):
        communes = premier.typologies & second.typologies
        if premier.departement == second.departement and communes:
            yield Fault(
                "/delais_anormalement_longs",
                "doublon",
                f"Le département {premier.departement} a deux délais pour {', '.join(sorted(communes))}.",
            )


def _des_parametres(region: Region) -> Iterator[Fault]:
    vus = set()
    for rang, surcharge in enumerate(region.parametres.surcharges):
        if (surcharge.nom, surcharge.depuis) in vus:
            yield Fault(
                f"/parametres/{rang}",
                "doublon",
                f"« {surcharge.nom} » reçoit deux valeurs à partir du {surcharge.depuis.isoformat()}.",
            )
        vus.add((surcharge.nom, surcharge.depuis))
