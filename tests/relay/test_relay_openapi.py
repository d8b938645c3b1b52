"""Every route against the API's own description, with all of schemathesis' checks: no 5xx, no breach of a shape.

Requests are made from the description, right ones and wrong ones, as a supervisor's token. The event stream has no end
and is left out here; test_relay_web.py reads it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import argon2
import office_parts
import pytest
import schemathesis
from database_parts import alarm_message, say
from hypothesis import HealthCheck, Phase, settings
from office_parts import Office
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from relay.access import store as access_store
from relay.app import make_app
from relay.services import Services

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))  # a longer walk: EXAMPLES=100 in the environment
ENDLESS = "/api/events"
DESCRIPTION = make_app(Services(cast(Any, None), Path())).openapi()
# What a description cannot say: a table's lines, two fields that go together, a label's check letters, how a network
# counts a text.
BEYOND_SHAPES = {
    "/api/people/import",
    "/api/surroundings/import",
    "/api/people/dwellings",
    "/api/people/dwellings/{dwelling_id}",
    "/api/community/picture",
    "/api/dwellings/{dwelling_id}/place",
    "/api/shifts",
    "/api/numbers",
    "/api/numbers.csv",
    "/api/alarms/{alarm_id}/message",
    "/api/claims/{hub_id}/look",
    "/api/claims/{hub_id}/take",
    "/api/claims/{hub_id}/devices",
}
TEXT = {"/api/people/import", "/api/surroundings/import"}  # any bytes are a text
api = schemathesis.openapi.from_dict(DESCRIPTION).exclude(path=ENDLESS)
api.config.generation.update(with_security_parameters=False)  # the token is given to each request


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, dict[str, str]]]:
    """An office with alarms in it, and a supervisor's token that no request here can end by its number."""
    hasher, access_store._HASHER = access_store._HASHER, argon2.PasswordHasher(1, 8, 1)
    with office_parts.office(tmp_path_factory.mktemp("office"), None) as one:
        say(one.database, "alarm", alarm_message(1))
        say(one.database, "alarm", alarm_message(2), "hub-0002")
        program = one.program("supervisor")
        one.database.write(lambda tx: tx.execute("UPDATE tokens SET token_id = 900000001")).result()
        yield one, program.headers
    access_store._HASHER = hasher


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_route_keeps_to_its_description(case, token):
    office, headers = token
    excluded = [positive_data_acceptance] if case.path in BEYOND_SHAPES else []
    excluded += [negative_data_rejection] if case.path in TEXT else []
    case.call_and_validate(base_url=str(office.client.base_url), headers=headers, excluded_checks=excluded)
