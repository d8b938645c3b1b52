"""Who may ask what: the table role × route, found by asking the real application, not by reading its rules.

Each route is asked by somebody of each role with a request that its description allows, for a thing that is not there:
whoever may not is told so (403) before anything else; anybody else gets further.
"""

from pathlib import Path
from typing import Any

from office_parts import Desk, Office

from relay.access import rules as access_rules

ROLES = (*access_rules.ROLES, access_rules.CALL_GATEWAY)
TABLE = Path(__file__).resolve().parent.parent.parent / "relay" / "access_table.md"
HEAD = """# Who may ask what

Made by `make access-table`, which asks the real application; a test fails when this page is not what it does.
● may, · is refused. Whoever is not signed in is refused everywhere (401), but where "own door" stands. Each sees
their own community only; a district officer the communities of their district.

"""
SAMPLES = {  # what a pattern asks for
    "url": "https://example.org/x",
    "console_id": "00000000-0000",
    "to": "contacts",
    "text": "ok",
    "phone": "13800000001",
    "reason": "because",
}
NOT_THERE = {"integer": "987654321", "string": "not-there"}


def example(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """The smallest value that a schema allows."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for choice in schema.get("anyOf", schema.get("oneOf", [])):
        return example(choice, schemas, name)
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        return {one: example(schema["properties"][one], schemas, one) for one in wanted}
    if kind == "array":
        return [example(schema["items"], schemas, name)] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    return SAMPLES.get(name) or "x" * max(1, schema.get("minLength", 1))


def request_of(description: dict[str, Any], path: str, method: str, ids: dict[str, Any]) -> dict[str, Any]:
    """What to give httpx for this operation."""
    operation = description["paths"][path][method]
    schemas = description["components"]["schemas"]
    query: dict[str, Any] = {}
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            value = ids.get(one["name"], NOT_THERE.get(one["schema"].get("type", "string"), "not-there"))
            path = path.replace("{" + one["name"] + "}", str(value))
        elif one["in"] == "query" and one.get("required"):
            query[one["name"]] = example(one["schema"], schemas, one["name"])
    given: dict[str, Any] = {"method": method.upper(), "url": path, "params": query}
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        given["json"] = example(content["application/json"]["schema"], schemas)
    elif "text/csv" in content:
        given["content"], given["headers"] = b"name,door\n", {"Content-Type": "text/csv"}
    elif "multipart/form-data" in content:
        given["files"] = {"file": ("a.png", b"no picture")}
    return given


def ask(desk: Desk, given: dict[str, Any]) -> tuple[int, str]:
    """Status and text; of a stream, which has no end, the status alone."""
    headers = desk.headers | given.get("headers", {})
    with desk.client.stream(**(given | {"headers": headers})) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return answer.status_code, ""
        return answer.status_code, answer.read().decode(errors="replace")


def operations(description: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((path, method) for path, methods in description["paths"].items() for method in methods)


def desks(office: Office) -> dict[str, Desk]:
    found = {role: office.desk(role) for role in access_rules.ROLES}
    return found | {access_rules.CALL_GATEWAY: office.program(access_rules.CALL_GATEWAY)}


def table(office: Office, description: dict[str, Any]) -> str:
    """The page, as the application answers now."""
    by_role = desks(office)
    lines = ["| route | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 1) + "|"]
    for path, method in operations(description):
        given = request_of(description, path, method, {})
        if "security" not in description["paths"][path][method]:
            marks = ["own door"] + [""] * (len(ROLES) - 1)
        else:
            marks = ["·" if ask(by_role[role], given)[0] == 403 else "●" for role in ROLES]
        lines.append(f"| `{method.upper()} {path}` | " + " | ".join(marks) + " |")
    return HEAD + "\n".join(lines) + "\n"
