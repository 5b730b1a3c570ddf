"""The settings of a region on one machine, in a file that a shell or a tool can read: `.logis/environnement`, mode 0600."""

import os
from collections.abc import Mapping
from pathlib import Path


def ecrire_environnement(dossier: Path, values: Mapping[str, str]) -> Path:
    """Write the settings as `NAME=value` lines; returns the file. It names secrets: its owner alone reads it."""
    path = dossier / "environnement"
    draft = path.with_suffix(".nouveau")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in sorted(values.items()))
    draft.replace(path)
    return path
