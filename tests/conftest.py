"""What every room's tests may ask for: an open store, on SQLite or, where a server is named, on PostgreSQL."""

import asyncio
import gc
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from mailer.gateways.smtp import connection
from mailer.pipeline import maillog
from mailer.pipeline.trouble_log import TroubleLog
from mailer.store import Store
from tests import databases
from tests.certificates import Authority, an_authority
from tests.databases import POSTGRES
from tests.leaping_loop import LeapingLoop
from tests.spared import spare

# No deadline: the machines that run this are shared, and a slow one proves nothing.
settings.register_profile("mailer", deadline=None)
settings.load_profile("mailer")
spare()

# A file system in memory, and the octets that it must have free to be used.
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3
SEED = Path(__file__).parents[2] / "shared" / "seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The club over which tests/growth counts: `make growth` names a larger one."""
    parser.addoption(
        "--people", type=int, default=60, help="the people of the club in tests/growth, and eight times as many"
    )


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The event loop of a test: a leaping one where it is marked so."""
    return {"loop": LeapingLoop if item.get_closest_marker("leaping") else asyncio.new_event_loop}


def pytest_configure() -> None:
    """The files of tests are in memory where there is room: nearly every test commits, and a disk lets it wait each time."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish() -> None:
    """The tests that were collected are garbage at no time: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """The server is left as it was."""
    databases.drop_all()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What is about SQLite itself has nothing to show beside a PostgreSQL server."""
    if POSTGRES and item.get_closest_marker("sqlite"):
        pytest.skip("is about SQLite itself")


@pytest.fixture(autouse=True)
def no_freezing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaping loop is never frozen: its own time is the only one."""
    if request.node.get_closest_marker("leaping"):
        monkeypatch.setattr(connection, "elapsed", lambda: asyncio.get_running_loop().time())


@pytest.fixture(autouse=True)
def no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """The troubles of the machine that an earlier test has shown are over."""
    monkeypatch.setattr(maillog, "troubles", TroubleLog())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new, empty store."""
    databases.begin(tmp_path)
    opened = Store.open(databases.url_of(tmp_path), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def bare_postgres() -> Iterator[str]:
    """The URL of a new PostgreSQL database without any schema."""
    with databases.bare() as url:
        yield url


@pytest.fixture(scope="session")
def seed() -> Path:
    """The folder with a real issue and register, which stands beside the project and is no part of it."""
    if not SEED.is_dir():
        pytest.skip("../shared/seed is not there")
    return SEED


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority with a good certificate for this machine, and bad ones."""
    return an_authority(tmp_path_factory.mktemp("authority"))
