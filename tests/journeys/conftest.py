"""A Dovecot for all journeys of a process, and a shop with an SMTP peer for each journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.shop import Shop, new_shop
from servers.dovecot import Dovecot, running_dovecot
from servers.smtp import smtp_server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, models: Path, dovecot: Dovecot) -> Iterator[Shop]:
    """A shop whose Dovecot other journeys use, too."""
    with smtp_server() as smtp:
        yield new_shop(tmp_path, models, dovecot, smtp)


@pytest.fixture
def lone_shop(tmp_path: Path, models: Path) -> Iterator[Shop]:
    """A shop with a Dovecot of its own, which may be killed and restored."""
    with running_dovecot() as own, smtp_server() as smtp:
        yield new_shop(tmp_path, models, own, smtp)
