"""The pages of the staff screen: dispatch console, sign-in, not found, and the static files behind them.

The board's page is a frame: all that is live in it comes through the API. This file must not know what an
alarm is. `mount_static(app)` must be called once by whoever makes the app.
"""

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.routing import Match

from .. import guard
from ..access import rules as access_rules
from . import modules, nav, words
from .packed import PackedFiles

_HERE = Path(__file__).parent
_TEMPLATES = Jinja2Templates(_HERE / "templates")
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "anling_theme"

router = APIRouter(tags=["console"], include_in_schema=False)


def mount_static(app: FastAPI) -> None:
    app.mount("/static", PackedFiles(_HERE / "static"), name="static")


mount = mount_static


def render(request: Request, template: str, person: guard.Person | None = None, **more: object) -> HTMLResponse:
    """A page in the language and light of whoever asks; with the menu of what their role sees."""
    language = words.language_of(request.cookies.get(words.COOKIE), person.language if person else None)
    theme = request.cookies.get(THEME_COOKIE, "")

    def word(key: str) -> str:
        return words.word(key, language)

    context = {
        "language": language,
        "html_language": "zh-CN" if language == "zh" else "en",
        "theme": theme if theme in THEMES else "auto",
        "word": word,
        "person": person,
        "here": request.url.path,
        "nav": nav.entries(person.role, _addresses(request)) if person else [],
        "beside": False,
        "sees_alarms": person is not None and access_rules.may(person.role, access_rules.BOARD),
        **more,
    }
    return _TEMPLATES.TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})


def _addresses(request: Request) -> set[str]:
    """Which of the menu's pages this app serves: asked of its routes once, because routers are looked into late."""
    state = request.app.state
    if not hasattr(state, "page_addresses"):
        state.page_addresses = {address for address, *_ in nav.PAGES if _is_served(request, address)}
    return state.page_addresses


def _is_served(request: Request, address: str) -> bool:
    asked = {"type": "http", "method": "GET", "path": address, "root_path": "", "headers": []}
    return any(route.matches(asked)[0] == Match.FULL for route in request.app.routes)


def staff_page(request: Request, template: str, order: str, **more: object) -> Response:
    """A page of staff: for who is signed in and may see it; others sign in, or are told where their work lies."""
    person = guard.person_of(request)
    if person is None:
        return RedirectResponse("/sign-in?next=" + quote(request.url.path, safe=""), 303)
    if not access_rules.may(person.role, order):
        return _not_yours(request, person)
    return render(request, template, person, **more)


def _not_yours(request: Request, person: guard.Person) -> Response:
    home = nav.home_of(person.role)
    if request.url.path == "/" and home != "/" and home in _addresses(request):
        return RedirectResponse(home, 303)
    response = render(request, "not_yours.html", person)
    response.status_code = 403
    return response


@router.get("/")
def board(request: Request) -> Response:
    """The dispatch console. Its links open beside it: a page that goes away takes its sound with it."""
    needed = modules.needed_by("board/board.js")
    return staff_page(request, "board.html", access_rules.BOARD, beside=True, modules=needed)


@router.get("/wall")
def wall(request: Request) -> Response:
    """The wall board: to be read from across the room, with nothing to press."""
    return staff_page(request, "wall.html", access_rules.BOARD, modules=modules.needed_by("board/wall.js"))


@router.get("/handover")
def handover(request: Request) -> Response:
    """The hand-over of a shift."""
    return staff_page(request, "handover.html", access_rules.HANDOVER, modules=modules.needed_by("duty/handover.js"))


@router.get("/sign-in")
def sign_in(request: Request, next: str = "/") -> Response:
    return sign_in_page(request, None, next)


def sign_in_page(request: Request, error: str | None, next: str) -> HTMLResponse:
    """The form, with what went wrong the last time."""
    language = words.language_of(request.cookies.get(words.COOKIE))
    sentence = words.server_sentence(error, language) if error else None
    return render(
        request,
        "sign_in.html",
        error=sentence,
        next=access_rules.local_path(next),
        oidc=request.app.state.oidc is not None,
    )


def not_found_page(request: Request) -> HTMLResponse:
    """What to do about an address that does not exist."""
    response = render(request, "not_found.html")
    response.status_code = 404
    return response
