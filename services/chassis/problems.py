"""The refusals that any service may answer; each service's own stand in its domain."""

from contracts.problems import Fault, Problem

__all__ = ["Fault", "Problem", "StaleVersion"]


class StaleVersion(Problem):
    """The command was taken on a version that is no longer the last one."""

    code = "version-perimee"
    title = "La ressource a changé depuis votre lecture"
    status = 412

    def __init__(self, *, attendue: int, actuelle: int) -> None:
        super().__init__(
            f"Vous avez lu la version {attendue}, la version actuelle est la {actuelle}. "
            "Relisez la ressource, vérifiez votre modification, puis renvoyez-la avec le nouvel ETag."
        )
