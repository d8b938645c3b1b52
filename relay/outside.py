"""Waiting for somebody outside (a gateway, a receiver): in a thread of its own, and never without end.

asyncio's own few threads are the relay's: consoles that resume, homes that are told again, the lead. Gateways that hang
would take all of them; so they get none.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")
LONGEST_S = 90.0  # a GSM network may take 45 s for one short message


async def ask(work: Callable[..., Result], *given: Any, longest_s: float = LONGEST_S) -> Result:
    """What `work` says. Errors: its own, or asyncio.TimeoutError; the thread then ends by itself, unheard."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Result] = loop.create_future()

    def tell(set_it: Callable[[Any], None], value: Any) -> None:
        if not answer.done():
            set_it(value)

    def run() -> None:
        try:
            told: tuple[Any, Any] = (answer.set_result, work(*given))
        except Exception as error:
            told = (answer.set_exception, error)
        with suppress(RuntimeError):  # the relay has ended meanwhile
            loop.call_soon_threadsafe(tell, *told)

    threading.Thread(target=run, name="outside", daemon=True).start()
    return await asyncio.wait_for(answer, longest_s)
