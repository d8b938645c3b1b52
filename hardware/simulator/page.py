"""The page of one simulated home: its buttons, its lamp, its sound and its voice, live. Local only; decides nothing.

A request that changes something carries the header X-Anling-Home, which a page from elsewhere cannot send unasked.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import pathlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from .home import BATHROOM, BED, Event, Home
from .processes import CannotStart, want_free

STATIC = pathlib.Path(__file__).resolve().parent / "static"
LINES_KEPT = 40
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class View:
    """What the page shows, kept up from the home's events."""

    def __init__(self, home: Home) -> None:
        self._queues: set[asyncio.Queue[str]] = set()
        self.state: dict[str, Any] = {
            "hub_id": home.hub_id,
            "lamp": "#000000",
            "siren": {"on": False, "freq": 0},
            "hub": "starting",
            "mains": True,
            "internet": True,
            "door": False,
            "voice": [],
        }
        for event in home.events:
            self._take(event)
        home.listeners.append(self.on_event)

    def on_event(self, event: Event) -> None:
        if self._take(event):
            text = json.dumps(self.state, ensure_ascii=False)
            for queue in list(self._queues):
                if queue.full():  # only the newest state matters
                    queue.get_nowait()
                queue.put_nowait(text)

    def _take(self, event: Event) -> bool:
        _, name, detail = event
        if name == "lamp":
            self.state["lamp"] = "#" + bytes(detail["rgb"]).hex()
        elif name == "siren":
            self.state["siren"] = {"on": detail["on"], "freq": detail["freq"]}
        elif name == "voice":
            line = {"text": detail["text"], "prompt": detail["prompt"], "at_ms": int(time.time() * 1000)}
            self.state["voice"] = [*self.state["voice"], line][-LINES_KEPT:]
        elif name == "hub":
            self.state["hub"] = detail["state"]
        elif name in ("mains", "internet"):
            self.state[name] = detail["on"]
        elif name == "door":
            self.state["door"] = detail["open"]
        else:
            return False
        return True

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events: the whole state at each change, a comment every 5 s."""
        queue: asyncio.Queue[str] = asyncio.Queue(8)
        self._queues.add(queue)
        try:
            yield f"data: {json.dumps(self.state, ensure_ascii=False)}\n\n"
            while True:
                try:
                    yield f"data: {await asyncio.wait_for(queue.get(), 5)}\n\n"
                except asyncio.TimeoutError:
                    yield ": alive\n\n"
        finally:
            self._queues.discard(queue)


async def sounds(home: Home) -> AsyncIterator[str]:
    """Server-sent events: what the loudspeaker plays, as "rate base64"; an empty one when it falls silent."""
    queue: asyncio.Queue[str] = asyncio.Queue(64)

    def on_sound(rate: int, samples: bytes) -> None:
        if not queue.full():  # a page that does not keep up misses sounds, nothing else does
            queue.put_nowait(f"{rate} {base64.b64encode(samples).decode()}" if rate else "")

    home.loudspeaker.listeners.append(on_sound)
    try:
        while True:
            try:
                yield f"data: {await asyncio.wait_for(queue.get(), 5)}\n\n"
            except asyncio.TimeoutError:
                yield ": alive\n\n"
    finally:
        home.loudspeaker.listeners.remove(on_sound)


def deeds(home: Home, view: View) -> dict[str, Callable[[], Awaitable[None]]]:
    """What can be done to the home, by name."""

    async def press() -> None:
        home.press(BED)

    async def press_bathroom() -> None:
        home.press(BATHROOM)

    async def press_double() -> None:
        home.press(BED, "double_press")

    async def press_hold() -> None:
        home.press(BED, "hold_press")

    async def door() -> None:
        if view.state["door"]:
            home.close_door()
        else:
            home.open_door()

    async def motion() -> None:
        home.move()

    async def mains() -> None:
        home.mains(not view.state["mains"])

    async def internet() -> None:
        if view.state["internet"]:
            home.cut_internet()
        else:
            home.restore_internet()

    async def kill() -> None:
        if view.state["hub"] == "ready":
            await home.kill_hub()
        else:
            await home.start_hub()

    return {
        "press": press,
        "press-bathroom": press_bathroom,
        "press-double": press_double,
        "press-hold": press_hold,
        "press-wired": home.wired_press,
        "cancel": home.cancel,
        "door": door,
        "motion": motion,
        "mains": mains,
        "internet": internet,
        "restart": home.restart_hub,
        "kill": kill,
    }


def make_app(home: Home, view: View) -> FastAPI:
    """The page's application."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    can = deeds(home, view)

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Any:
        if request.method not in ("GET", "HEAD") and request.headers.get("x-anling-home") != "1":
            return JSONResponse({"detail": "Only this home's own page may do that."}, 403)
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(STATIC / "home.html")

    @app.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(view.stream(), media_type="text/event-stream")

    @app.get("/sounds")
    async def voice() -> StreamingResponse:
        return StreamingResponse(sounds(home), media_type="text/event-stream")

    @app.get("/state")
    async def state() -> JSONResponse:
        return JSONResponse(view.state)

    @app.post("/do/{what}")
    async def do(what: str) -> JSONResponse:
        if what not in can:
            raise HTTPException(404, f"The home cannot do that; it can: {', '.join(can)}.")
        await can[what]()
        return JSONResponse(view.state)

    app.mount("/static", StaticFiles(directory=STATIC))
    return app


async def serve(given: argparse.Namespace, password: str) -> int:
    """Run the home and its page until told to stop."""
    security: dict[str, Any] = {"security": "none"}
    if given.psk_hex:
        security = {"security": "psk", "psk_hex": given.psk_hex}
    elif given.ca:
        security = {"security": "tls", "ca_pem": given.ca.read_text("utf-8")}
    home = Home(
        given.dir.resolve(),
        given.hub_id,
        given.broker_host,
        given.broker_port,
        password,
        language=given.language,
        security=security,
    )
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    server: uvicorn.Server | None = None
    try:
        view = View(home)
        await home.start()
        config = uvicorn.Config(
            make_app(home, view), host="127.0.0.1", port=given.page_port, log_level="warning", lifespan="off"
        )
        config.timeout_graceful_shutdown = 1
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        serving = asyncio.create_task(server._serve())
        while not server.started and not serving.done():
            await asyncio.sleep(0.02)
        print(f"home ready: http://127.0.0.1:{given.page_port}", flush=True)
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        await home.stop()
    return 0


def main(given: argparse.Namespace) -> int:
    """Errors: exit 2 with a sentence when the port is taken or the password file is not there."""
    try:
        want_free(given.page_port, "--page-port")
        password = given.password_file.read_text("utf-8").strip()
    except CannotStart as fault:
        print(f"home: {fault}", file=sys.stderr)
        return 2
    return asyncio.run(serve(given, password))
