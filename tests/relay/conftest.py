"""Fixtures of the relay's tests; the parts are in relay_parts.py."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import office_parts
import postgres_parts
import pytest
from office_parts import Office
from relay_parts import Home, Relay, Staff, fresh_copy, relay_command

from relay import sample
from relay.app import open_database
from relay.database import Database


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """One sample for all: filling takes argon2's time."""
    folder = tmp_path_factory.mktemp("sample")
    made = relay_command("sample", "--homes", "12", "--json", data=folder)
    assert made.returncode == 0, made.stderr
    return folder, json.loads(made.stdout)


@pytest.fixture
def relay(sample_folder: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Relay]:
    """A relay of one's own, to be killed at will."""
    one = Relay(tmp_path, fresh_copy(sample_folder, tmp_path))
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def shared_relay(
    sample_folder: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Relay]:
    """One relay for a whole file; tests use different homes."""
    folder = tmp_path_factory.mktemp("relay")
    one = Relay(folder, fresh_copy(sample_folder, folder))
    one.start()
    yield one
    one.stop()


@pytest.fixture
def homes() -> Iterator[Callable[[Relay, str], Home]]:
    """Makes homes that are on the line, and takes them off it at the end."""
    made: list[Home] = []

    def make(relay: Relay, hub_id: str) -> Home:
        home = Home(relay.broker_port, hub_id, relay.password_of_hub(hub_id))
        made.append(home)
        return home.wait_connected()

    yield make
    for home in made:
        home.stop()


@pytest.fixture
def staff() -> Iterator[Callable[..., Staff]]:
    made: list[Staff] = []

    def make(relay: Relay, name: str = "operator") -> Staff:
        made.append(relay.staff(name))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_parts.Cluster]:
    """A server for all; each test makes itself a database."""
    programs = postgres_parts.folder_of_programs()
    if programs is None:
        pytest.skip(postgres_parts.REMEDY)
    cluster = postgres_parts.Cluster(programs)
    yield cluster
    cluster.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a database runs on both."""
    return request.param


@pytest.fixture(scope="session")
def with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with its tables made: to be copied."""
    folder = tmp_path_factory.mktemp("tables")
    open_database(folder).close()
    return folder / "relay.db"


@pytest.fixture(scope="session")
def postgres_with_tables(postgres: postgres_parts.Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as a database to be copied: a copy takes a tenth of the time."""
    name = postgres.make()
    open_database(tmp_path_factory.mktemp("tables"), postgres.address(name)).close()
    return name


@pytest.fixture
def address(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[str | None]:
    """Where the database is, its tables made: None is a file in the data folder."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("with_tables"), tmp_path / "relay.db")
        yield None
    else:
        with _postgres(request, request.getfixturevalue("postgres_with_tables")) as found:
            yield found


@pytest.fixture
def blank_address(request: pytest.FixtureRequest, engine: str) -> Iterator[str | None]:
    """The same without a table in it."""
    if engine == "sqlite":
        yield None
    else:
        with _postgres(request, None) as found:
            yield found


@contextmanager
def _postgres(request: pytest.FixtureRequest, template: str | None) -> Iterator[str]:
    cluster: postgres_parts.Cluster = request.getfixturevalue("postgres")
    name = cluster.make(template)
    yield cluster.address(name)
    cluster.drop(name)


@pytest.fixture
def database(tmp_path: Path, address: str | None) -> Iterator[Database]:
    """Three sample homes; on both engines."""
    one = open_database(tmp_path, address)
    passwords = {name: ("clear", "hash") for name, *_ in sample.STAFF}
    one.write(lambda tx: sample.fill(tx, 3, passwords)).result()
    yield one
    one.close()


@pytest.fixture
def office(tmp_path: Path, address: str | None) -> Iterator[Office]:
    """The application in this process; on both engines."""
    with office_parts.office(tmp_path, address) as one:
        yield one
