"""The audit list and the verdict on its chain as the API gives them."""

from pydantic import BaseModel, ConfigDict


class AuditEntry(BaseModel):
    """Shape: `source` alarm, card or deed; `by` null: the home or the relay itself."""

    model_config = ConfigDict(extra="allow")
    entry: int
    source: str
    hash: str
    community_id: str | None
    at: int | None
    what: str | None
    by: int | None
    by_name: str | None
    detail: str | None


class Verdict(BaseModel):
    """Shape: `broken_at` the first entry that is not as it was written."""

    ok: bool
    rows: int
    head: str
    broken_at: int | None
    why: str | None
