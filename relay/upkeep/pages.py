"""Is the relay well: for people's pages, for probes, for Prometheus.

Whoever is not signed in learns from /api/health whether the relay is well and nothing else. /metrics is for a token
and for this machine itself; a request that a proxy passed on comes from elsewhere.
"""

import time
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..services import Services, ServicesOf
from . import look, metrics, rules

router = APIRouter(tags=["upkeep"])
PASSED_ON = ("x-forwarded-for", "x-real-ip", "forwarded")


class Health(BaseModel):
    """Shape: `checks` for those signed in: each with `ok` and what was found."""

    is_well: bool
    checks: dict[str, dict[str, Any]] | None = None


@router.get(
    "/api/health",
    response_model=Health,
    response_model_exclude_unset=True,
    responses={503: {"model": Health, "description": "Not well."}},
)
def health(request: Request, services: ServicesOf, response: Response) -> dict[str, Any]:
    """Well or not (503); to those signed in, each check with what was found."""
    facts = look.facts(services, now_ms())
    checks = rules.well(facts)
    is_well = rules.may_say_well(checks)
    response.status_code = 200 if is_well else 503
    person = _person(request) if facts.is_database_there else None
    if person is None:
        return {"is_well": is_well}
    return {"is_well": is_well, "checks": look.described(facts, checks, services)}


def _person(request: Request) -> guard.Person | None:
    try:
        return guard.signed_in(request)
    except HTTPException:
        return None


def _is_of_this_machine(request: Request) -> bool:
    host = request.client.host if request.client else ""
    return host in ("127.0.0.1", "::1") and not any(name in request.headers for name in PASSED_ON)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics_page(request: Request, services: ServicesOf) -> PlainTextResponse:
    """Counters and gauges as Prometheus reads them."""
    if not _is_of_this_machine(request):
        guard.require(guard.signed_in(request), access_rules.NUMBERS)
    started = time.monotonic()
    text = metrics.text(services, now_ms())
    text += f"anling_scrape_seconds {time.monotonic() - started:.6f}\n"
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def is_well(services: Services) -> bool:
    return rules.may_say_well(rules.well(look.facts(services, now_ms())))
