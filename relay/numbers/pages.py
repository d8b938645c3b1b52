"""The numbers of the community, of a district officer's communities, as JSON and CSV."""

import csv
import io
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..database import Reader, Row
from ..guard import Person, SignedIn
from ..notify.rules import TIME_ZONE
from ..people import store as people_store
from ..services import ServicesOf
from . import rules, store
from .shapes import Numbers

router = APIRouter(tags=["numbers"])
DAY_MS = 24 * 3600 * 1000
SPAN_MAX_MS = 400 * DAY_MS
AT_MAX = 1 << 50
From = Annotated[int | None, Query(alias="from", ge=0, le=AT_MAX)]
To = Annotated[int | None, Query(ge=0, le=AT_MAX)]
By = Annotated[str, Query(max_length=20)]


def _days(begin: int, end: int) -> list[tuple[int, int]]:
    """The days of the wall's calendar that touch [begin, end)."""
    day = datetime.fromtimestamp(begin / 1000, timezone.utc).astimezone(TIME_ZONE)
    day = day.replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[tuple[int, int]] = []
    while (at := int(day.timestamp() * 1000)) < end:
        day += timedelta(days=1)
        found.append((max(at, begin), min(int(day.timestamp() * 1000), end)))
    return found


def _measured(calls: list[Any], hubs: list[Any], absences: list[Any], begin: int, end: int) -> dict[str, Any]:
    spans = [(row["since"], row["until"]) for row in absences]
    pct = rules.availability_pct(spans, [row["since"] for row in hubs], begin, end)
    return rules.measure(calls, len(hubs), pct)


def _series(reader: Reader, seen: list[str], by: str, begin: int, end: int, of: tuple[Any, ...]) -> list[Row]:
    calls, hubs, absences = of
    found: list[Row] = []
    if by == rules.COMMUNITY:
        for one in store.communities(reader, seen):
            mine = [_of(one["community_id"], of) for of in (calls, hubs, absences)]
            found.append({"at": begin, **one, **_measured(mine[0], mine[1], mine[2], begin, end)})
    elif by == rules.DAY:
        for since, until in _days(begin, end):
            inside = [call for call in calls if since <= call.raised_at < until]
            found.append({"at": since, "ends_at": until, **_measured(inside, hubs, absences, since, until)})
    else:
        for shift in store.shifts(reader, seen, begin, end):
            since, until, community_id = shift["begins_at"], shift["ends_at"], shift["community_id"]
            mine = [_of(community_id, of) for of in (calls, hubs, absences)]
            inside = [call for call in mine[0] if since <= call.raised_at < until]
            about = {"at": since, "ends_at": until, "community_id": community_id, "shift_id": shift["shift_id"]}
            about["name"] = shift["display_name"]
            found.append({**about, **_measured(inside, mine[1], mine[2], max(since, begin), min(until, end))})
    return found


def _of(community_id: str, found: list[Any]) -> list[Any]:
    """Those of one community."""
    return [
        one
        for one in found
        if (one.community_id if isinstance(one, rules.Call) else one["community_id"]) == community_id
    ]


def _numbers(services: Any, person: Person, begin: int | None, end: int | None, by: str) -> dict[str, Any]:
    guard.require(person, access_rules.NUMBERS)
    if by not in rules.BY:
        raise HTTPException(422, "by: not a known grouping. Use one of: " + ", ".join(rules.BY) + ".")
    end = now_ms() if end is None else end
    begin = max(0, end - 30 * DAY_MS) if begin is None else begin
    if not 0 < end - begin <= SPAN_MAX_MS:
        raise HTTPException(422, "from, to: give a span that ends after it begins, at most 400 days long.")
    with services.database.read() as reader:
        seen = people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)
        of = (
            store.calls(reader, seen, begin, end),
            store.hubs(reader, seen),
            store.absences(reader, seen, begin, end),
        )
        series = _series(reader, seen, by, begin, end, of)
    return {"from": begin, "to": end, "by": by, **_measured(of[0], of[1], of[2], begin, end), "series": series}


def _cell(value: Any) -> Any:
    """A name that begins like a formula is no formula."""
    return "'" + value if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


@router.get("/api/numbers", response_model=Numbers, response_model_exclude_unset=True)
def numbers(
    person: SignedIn, services: ServicesOf, begin: From = None, to: To = None, by: By = "day"
) -> dict[str, Any]:
    """How soon alarms were answered and reached, how they ended, how reachable the hubs were. Without `from` and `to`
    the last 30 days; `by` community, shift or day."""
    return _numbers(services, person, begin, to, by)


@router.get("/api/numbers.csv", response_class=Response)
def numbers_csv(person: SignedIn, services: ServicesOf, begin: From = None, to: To = None, by: By = "day") -> Response:
    """The same as a table: a line for each of the series, the whole span first."""
    found = _numbers(services, person, begin, to, by)
    series = found.pop("series")
    lines = [rules.flat({"at": found["from"], "ends_at": found["to"], **found})] + [rules.flat(one) for one in series]
    names = list(dict.fromkeys(name for line in lines for name in line))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return Response(
        "\ufeff" + out.getvalue(),  # so that spreadsheets read it as UTF-8
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="numbers.csv"'},
    )
