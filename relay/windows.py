"""The few things that relay code itself needs of the console: the pages for sign-in and not-found, and its words.

Without the console (it is another folder and may be left out) a plain page says the same.
"""

import html
from importlib import import_module
from types import ModuleType

from fastapi import Request
from fastapi.responses import HTMLResponse

CONSOLE = "relay.console.pages"
SCREENS = "relay.console.screens"
WORDS = "relay.console.words"


def console() -> ModuleType | None:
    """The console's pages, or None where it is not there. A broken console is an error, not an absence."""
    try:
        return import_module(CONSOLE)
    except ModuleNotFoundError as error:
        if error.name is not None and CONSOLE.startswith(error.name):
            return None
        raise


def screens() -> ModuleType:
    """The pages beside the board; only where the console is."""
    return import_module(SCREENS)


def words() -> dict[str, list[str]]:
    """The screens' words, each in Chinese and English, for what is printed; none without a console."""
    if console() is None:
        return {}
    found: dict[str, list[str]] = import_module(WORDS).catalogue()["words"]
    return found


def _plain(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{body}</html>"
    )


def sign_in(request: Request, error: str | None, next: str, status: int = 200) -> HTMLResponse:
    """The sign-in page, with what went wrong."""
    pages = console()
    if pages is not None:
        response: HTMLResponse = pages.sign_in_page(request, error, next)
    else:
        response = _plain(
            "Sign in",
            (f"<p role=alert>{html.escape(error)}</p>" if error else "")
            + f'<form method=post action="/sign-in"><input type=hidden name=next value="{html.escape(next)}">'
            "<p><label>Name <input name=name autocomplete=username></label>"
            "<p><label>Password <input name=password type=password autocomplete=current-password></label>"
            "<p><button>Sign in</button></form>",
        )
    response.status_code = status
    return response


def not_found(request: Request) -> HTMLResponse:
    """A friendly page for an address that is not there."""
    pages = console()
    if pages is not None:
        response: HTMLResponse = pages.not_found_page(request)
    else:
        response = _plain("Not found", '<p>This address does not exist. <a href="/">Go to the board.</a>')
    response.status_code = 404
    return response
