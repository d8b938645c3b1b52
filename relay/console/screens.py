"""The pages beside the board: district, buildings, hubs, numbers, people, staff, settings, audit; the responder's phone
and the family's page.

Each is a frame and a folder of `static/` with a script of the same name; all that is shown comes through the API. This
file must not know what the pages show.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from ..access import rules as access_rules
from . import modules, pages, words

router = APIRouter(tags=["console"], include_in_schema=False)
VENDOR = "/static/vendor"


@dataclass(frozen=True)
class Screen:
    """A page of staff. Shape: `order` is what the role must be allowed; styles and scripts are addresses."""

    address: str
    name: str
    order: str
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    data: tuple[str, ...] = ()  # what its script asks for first; named in the head, so that it need not wait


SCREENS = (
    Screen(
        "/district",
        "district",
        access_rules.OVERVIEW,
        (f"{VENDOR}/leaflet/leaflet.css",),
        (f"{VENDOR}/leaflet/leaflet.js", f"{VENDOR}/supercluster/supercluster.min.js"),
        ("/api/district/homes", "/api/district", "/api/open"),
    ),
    Screen("/buildings", "buildings", access_rules.BOARD),
    Screen("/hubs", "hubs", access_rules.BOARD),
    Screen("/numbers", "numbers", access_rules.NUMBERS),
    Screen("/people", "people", access_rules.PEOPLE),
    Screen("/install", "install", access_rules.INSTALL),
    Screen("/staff", "staff", access_rules.STAFF),
    Screen("/settings", "settings", access_rules.PLAN),
    Screen("/audit", "audit", access_rules.AUDIT),
)


def _add(screen: Screen) -> None:
    def page(request: Request) -> Response:
        return pages.staff_page(
            request,
            "screen.html",
            screen.order,
            name=screen.name,
            title=f"nav_{screen.name}",
            styles=(*screen.styles, f"/static/{screen.name}/{screen.name}.css"),
            scripts=screen.scripts,
            data=screen.data,
            modules=modules.needed_by(f"{screen.name}/{screen.name}.js"),
        )

    router.add_api_route(screen.address, page, methods=["GET"], name=screen.name)


for _screen in SCREENS:
    _add(_screen)


@router.get("/phone")
def phone(request: Request) -> Response:
    """The responder's page: small, for one hand, and kept by the phone for when there is no line."""
    return pages.staff_page(
        request,
        "phone.html",
        access_rules.ASSIGNMENTS,
        title="nav_phone",
        modules=modules.needed_by("phone/phone.js"),
    )


@router.get("/phone.webmanifest")
def manifest(request: Request) -> Response:
    """What the phone needs to keep the page beside its other programs."""
    language = words.language_of(request.cookies.get(words.COOKIE))
    made = {
        "id": "/phone",
        "name": f"{words.word('brand', language)} · {words.word('nav_phone', language)}",
        "short_name": words.word("brand", language),
        "lang": "zh-CN" if language == "zh" else "en",
        "start_url": "/phone",
        "scope": "/phone",
        "display": "standalone",
        "background_color": "#141b18",
        "theme_color": "#141b18",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JSONResponse(made, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@router.get("/phone-worker.js")
def phone_worker() -> Response:
    """The service worker lies at the root, because a worker rules only what lies below its own address."""
    path = words.CATALOGUE.parent / "phone" / "worker.js"
    return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/family/{secret}")
def family(request: Request, secret: str) -> Response:
    """What happened in one home, for whoever holds its link. The link is the key: it may go nowhere from here."""
    response = pages.render(request, "family.html", title="family_title")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
