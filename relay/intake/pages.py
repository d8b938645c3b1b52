"""The hook that a gateway for short messages calls with what came for the relay's number.

A gateway has a secret of its own (`relay sms-gateway-add`), given as a bearer token. It is answered with 200 for all
that was kept, also for what is none of ours, so that it does not repeat it; with 503 when nothing could be kept.
"""

import asyncio
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..access import gateways
from ..clock import now_ms
from ..services import ServicesOf
from . import rules, store, texted

router = APIRouter(prefix="/api/hooks", tags=["hooks"])
BODY_MAX = 16_384
REMEDY = "Send from and text as JSON or as a form, in UTF-8."


class ShortMessage(BaseModel):
    """What the gateway received. Further fields are allowed: every gateway has its own."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    sender: str = Field(alias="from", max_length=64)
    text: str = Field(max_length=4000)


class Kept(BaseModel):
    """`is_alarm`: a hub's alarm was in it; `is_new`: for the first time; `reason`: why none was."""

    is_alarm: bool
    is_new: bool
    reason: str | None = None


async def _message(request: Request) -> ShortMessage:
    """The body, as JSON or as a form. Errors: HTTPException 413 or 422."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            raise HTTPException(413, f"A short message has at most {BODY_MAX} bytes here.")
    try:
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            fields = {name: values[0] for name, values in parse_qs(body.decode(), max_num_fields=50).items()}
            return ShortMessage.model_validate(fields)
        return ShortMessage.model_validate_json(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "body"
        raise HTTPException(422, f"{place}: {error.errors()[0]['msg']}. {REMEDY}") from None
    except ValueError:
        raise HTTPException(422, f"The body cannot be read. {REMEDY}") from None


@router.post(
    "/sms",
    responses={401: {"description": "No gateway has this secret."}, 413: {"description": "Too long."}},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": ShortMessage.model_json_schema()}}}},
)
async def take_short_message(
    request: Request, services: ServicesOf, authorization: Annotated[str | None, Header()] = None
) -> Kept:
    """A short message has come for the relay's number."""
    kind, _, secret = (authorization or "").partition(" ")
    with services.database.read() as reader:
        is_known = kind.lower() == "bearer" and gateways.is_gateway(reader, secret.strip())
    if not is_known:
        raise HTTPException(401, "No gateway has this secret. Make one with `relay sms-gateway-add`.")
    message = await _message(request)
    received_at = now_ms()
    taken = await asyncio.wrap_future(
        services.database.write(lambda tx: texted.take(tx, message.sender, message.text, received_at))
    )
    if isinstance(taken, rules.Refusal):
        return Kept(is_alarm=False, is_new=False, reason=taken.reason)
    heard = taken.heard
    assert heard is not None
    for word, down in taken.down:  # should it be on the line after all, it hears its receipt
        services.send(heard.hub_id, word, down)
    if taken.is_new:
        identity = (heard.hub_id, heard.message["epoch"], heard.message["seq"])
        committed_at = now_ms()
        services.database.write_lazily(lambda tx: store.keep_committed_at(tx, identity, committed_at))
    return Kept(is_alarm=True, is_new=taken.is_new)
