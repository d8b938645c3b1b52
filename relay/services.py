"""What the relay's routes and workers are given: database, broadcaster, the way down to the hubs; rows by address.

Made once by app.py. This file must not know any capability.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi import Path as InAddress

from .database import Database
from .events import Broadcaster

Send = Callable[[str, str, dict[str, Any]], None]


def send_nowhere(hub_id: str, word: str, message: dict[str, Any]) -> None:
    """Before the broker is reached: what is not sent now is sent again when the hub is heard."""


@dataclass
class Services:
    """Shape: `send(hub_id, word, message)` publishes down to a hub, from any thread, without waiting."""

    database: Database
    data_dir: Path
    broadcaster: Broadcaster = field(default_factory=Broadcaster)
    send: Send = send_nowhere
    name: str = "relay"  # among those that share a database
    started_at: int = 0
    ticked_at: int = 0  # when escalation was last looked after
    hub_broker: dict[str, object] | None = None  # how homes reach the broker: host, port, security
    hub_ntp: dict[str, object] | bool | None = None  # whom homes ask for the time; False: nobody; None: as they like
    hub_modem: dict[str, str | None] | None = (
        None  # what homes with a modem are told: number, apn; None: they have none
    )
    is_leading: bool = False  # does this relay do what happens by itself?
    heartbeat_url: str | None = None  # told outside each minute while this relay is well
    hearing_since: int = 0  # since when homes could be heard without a break, by this relay or another
    is_another_hearing: bool = False  # is another relay's line to the broker up?
    line_down_since: Callable[[], float | None] = lambda: None  # of the line to the broker, monotonic s; None: it is up


def of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesOf = Annotated[Services, Depends(of)]

# A row's number in an address. Shape: what a browser's number still holds exactly.
RowId = Annotated[int, InAddress(ge=1, le=(1 << 53) - 1)]
