"""The API's description of itself, completed by what every route here shares: the door, and errors as one sentence.

What a route alone may answer stands with the route (`responses=`); what follows from its kind is added here: whoever
is not signed in is refused, a role may be refused, a number in the path may lead nowhere, a write may come too late.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from . import guard

_WRITES = frozenset({"post", "put", "delete", "patch"})
_SENTENCES = {
    "400": "The request cannot be read.",
    "401": "Not signed in, or the session has ended.",
    "403": "This role may not do it, or the page is out of date.",
    "404": "There is no such thing in this community.",
    "409": "It cannot be done as things stand.",
    "422": "Something in the request cannot be right.",
    "429": "Asked too often.",
    "503": "It could not be kept just now; nothing was changed.",
}
SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A program's token, made by a supervisor. Our own pages use a session and X-CSRF-Token instead.",
    }
}


class Problem(BaseModel):
    """Every error: one sentence that names the thing and the remedy."""

    detail: str


def _calls(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def is_guarded(route: APIRoute) -> bool:
    """Does this route ask who is there?"""
    return bool({guard.signed_in, guard.writing} & set(_calls(route.dependant)))


def routes_of(routers: Sequence[APIRouter]) -> list[APIRoute]:
    """The routes that the description names."""
    routes = [route for router in routers for route in router.routes]
    return [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]


def _codes(route: APIRoute, method: str, operation: dict[str, Any]) -> list[str]:
    codes = ["400"] if "requestBody" in operation else []
    if is_guarded(route):
        codes += ["401", "403"]
    names = {one["name"] for one in operation.get("parameters", [])}
    if "{" in route.path or method in _WRITES or "community_id" in names:
        codes.append("404")
    if operation.get("parameters") or "requestBody" in operation:
        codes.append("422")
    if method in _WRITES:
        codes += ["409", "503"]
    return codes


def _complete(routers: Sequence[APIRouter], schema: dict[str, Any]) -> None:
    components = schema.setdefault("components", {})
    components["securitySchemes"] = SCHEMES
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    sentence = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for route in routes_of(routers):
        for method in (one.lower() for one in route.methods or ()):
            operation = schema["paths"].get(route.path_format, {}).get(method)
            if operation is None:
                continue
            responses = operation["responses"]
            if "HTTPValidationError" in str(responses.get("422", "")):
                del responses["422"]
            for code in _codes(route, method, operation):
                responses.setdefault(code, {"description": _SENTENCES[code], "content": sentence})
            for code, response in responses.items():
                if code[0] in "45" and "content" not in response:
                    response["content"] = sentence
            if is_guarded(route):
                operation["security"] = [{name: []} for name in SCHEMES]


def methods_at(routers: Sequence[APIRouter], path: str) -> list[str]:
    """What this address may be asked, by any of its routes."""
    return sorted(
        {method for route in routes_of(routers) if route.path_regex.match(path) for method in route.methods or ()}
    )


def describe(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let the application describe itself so."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
            _complete(routers, schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
