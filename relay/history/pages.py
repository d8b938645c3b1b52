"""The audit list and its verification; one alarm's whole life as JSON and as a page to print.

Who may see the audit list may see an alarm's life; so may whoever works it. The notes on health go with it only
for whoever may open them on the card, for a reason that is kept first.
"""

import json
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from .. import guard, ledger, windows
from ..access import rules as access_rules
from ..alarms import views
from ..card import store as card_store
from ..card.shapes import WhyLife
from ..clock import now_ms
from ..database import Reader, Transaction
from ..escalation import store as escalation_store
from ..guard import Person, SignedIn, Writing
from ..people import store as people_store
from ..services import RowId, ServicesOf
from . import store
from .printed import printed
from .shapes import AuditEntry, Life, LifeWithHealth, Verdict

router = APIRouter(tags=["history"])
_TEMPLATES = Jinja2Templates(FilePath(__file__).parent / "templates")


@router.get("/api/audit", response_model=list[AuditEntry])
def audit(
    person: SignedIn,
    services: ServicesOf,
    after: Annotated[int | None, Query(ge=0, le=(1 << 53) - 1)] = None,
    before: Annotated[int, Query(ge=1, le=(1 << 53) - 1)] = (1 << 53) - 1,
    count: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[dict[str, Any]]:
    """Who did what: steps of alarms, looks at cards, other deeds. With `after` onwards from that entry; else the
    newest first, older than `before`."""
    guard.require(person, access_rules.AUDIT)
    with services.database.read() as reader:
        seen = people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)
        if after is not None:
            return store.audit(reader, seen, after, count)
        return store.newest_audit(reader, seen, before, count)


@router.get("/api/audit/verify", response_model=Verdict)
def verify(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """Make every hash of the chain anew: is each row as it was written, and none missing?"""
    guard.require(person, access_rules.AUDIT)
    with services.database.read() as reader:
        verdict = store.verify(reader)
    return {
        "ok": verdict.is_whole,
        "rows": verdict.rows,
        "head": verdict.head,
        "broken_at": verdict.broken_at,
        "why": verdict.why,
    }


def _may_export(person: Person) -> None:
    if not access_rules.may(person.role, access_rules.AUDIT):
        guard.require(person, access_rules.CLEAR)


def _life(reader: Reader, person: Person, alarm_id: int) -> dict[str, Any]:
    seen = people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)
    found = reader.row("SELECT community_id, hub_id, epoch, alarm_seq FROM alarms WHERE alarm_id = ?", (alarm_id,))
    if found is None or found["community_id"] not in seen:
        raise HTTPException(404, "There is no such alarm in your community. Load the board again.")
    community = people_store.community(reader, found["community_id"]) or {}
    entries, head = ledger.head(reader)
    messages = store.home_messages(reader, found["hub_id"], found["epoch"], found["alarm_seq"])
    return {
        "exported_at": now_ms(),
        "exported_by": person.display_name,
        "community": {name: community.get(name) for name in ("community_id", "name", "name_en")},
        "alarm": views.view(reader, alarm_id),
        "identity": {"hub_id": found["hub_id"], "epoch": found["epoch"], "seq": found["alarm_seq"]},
        "plan": escalation_store.steps_of(reader, alarm_id),
        "history": store.chained_history(reader, alarm_id),
        "home_messages": [
            {**row, "body": body}
            for row in messages
            if (body := json.loads(row["body"]))["alarm"] == found["alarm_seq"]
        ],
        "messages": store.messages_to_people(reader, alarm_id),
        "attempts": store.attempts(reader, alarm_id),
        "ledger": {"entries": entries, "head": head},
    }


@router.get("/api/alarms/{alarm_id}/export", response_model=Life)
def export(alarm_id: RowId, person: SignedIn, services: ServicesOf, response: Response) -> dict[str, Any]:
    """One alarm's whole life: what the home said, what was done by whom, who was told, each line with its hash."""
    _may_export(person)
    with services.database.read() as reader:
        life = _life(reader, person, alarm_id)
    response.headers["Content-Disposition"] = f'attachment; filename="alarm-{alarm_id}.json"'
    return life


@router.post("/api/alarms/{alarm_id}/export", response_model=LifeWithHealth)
def export_with_health(alarm_id: RowId, body: WhyLife, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """The same with the notes on health of who lives there. Who, when and why is kept before they are given."""
    guard.require(person, access_rules.HEALTH)

    def work(transaction: Transaction) -> dict[str, Any]:
        life = _life(transaction, person, alarm_id)
        dwelling_id = life["alarm"]["dwelling_id"]
        card_store.log_look(
            transaction,
            at=now_ms(),
            staff_id=person.staff_id,
            role=person.role,
            community_id=person.community_id,
            dwelling_id=dwelling_id,
            reason=body.reason.strip(),
            alarm_id=alarm_id,
            is_health=True,
        )
        return life | {"reason": body.reason.strip(), "residents": card_store.health(transaction, dwelling_id)}

    return services.database.write(work).result()


@router.get("/alarms/{alarm_id}/print", response_class=HTMLResponse)
def print_page(alarm_id: RowId, request: Request, person: SignedIn, services: ServicesOf) -> HTMLResponse:
    """The same as a page to print, in both languages."""
    _may_export(person)
    with services.database.read() as reader:
        life = _life(reader, person, alarm_id)
    return _TEMPLATES.TemplateResponse(
        request,
        "print.html",
        printed(life, windows.words()),
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )
