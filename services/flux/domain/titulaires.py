"""What the name of a holder says about it: State, State staff, local authority, landlord.

The calculator and the examples name holders by role (`etat`, `etat_agents`, `commune_A`, `bailleur`). The service,
which knows organisations, maps its types of réservataire (flux.md §4) on these roles.
"""

BAILLEUR = "bailleur"
ETAT_AGENTS = "etat_agents"
GARANTIE = "collectivites_garantie"
_COLLECTIVITES = ("commune", "epci", "ept", "departement", "region", "metropole", "collectivite")


_LIBELLES = {
    "etat": "État",
    "etat_prioritaires": "État, prioritaires",
    ETAT_AGENTS: "État, agents",
    "action_logement": "Action Logement",
    "departement": "Département",
    "region": "Région",
    "epci": "EPCI",
    "ept": "EPT",
}


def libelle(nom: str) -> str:
    """The holder in a French sentence: its role's words, else its own name without underscores."""
    mots = nom.replace("_", " ")
    return _LIBELLES.get(nom, mots[:1].upper() + mots[1:])


def _est(nom: str, role: str) -> bool:
    return nom == role or nom.startswith(f"{role}_")


def est_etat(nom: str) -> bool:
    """True for the State as a whole and for its two parts (`etat`, `etat_prioritaires`, `etat_agents`)."""
    return _est(nom, "etat")


def est_etat_agents(nom: str) -> bool:
    """True for the reservation of State civil and military staff (CCH R441-5-2 I)."""
    return _est(nom, ETAT_AGENTS)


def est_collectivite(nom: str) -> bool:
    """True for a local authority or grouping, whose rights usually come from loan guarantees (CCH R441-5-3)."""
    return any(_est(nom, role) for role in _COLLECTIVITES)
