"""One region for all that is tried on its interfaces."""

from collections.abc import Iterator

import pytest

from tests.system.interfaces.semis import Semis, region_semee


@pytest.fixture(scope="session")
def semis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Semis]:
    """A running region, sown."""
    with region_semee(tmp_path_factory.mktemp("interfaces")) as made:
        yield made
