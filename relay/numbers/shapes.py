"""The numbers as the API gives them."""

from pydantic import BaseModel, ConfigDict, Field


class Answering(BaseModel):
    n: int
    answered: int
    within_30_s: int
    within_60_s: int
    within_180_s: int
    p50_ms: int | float | None
    p95_ms: int | float | None


class OnScene(BaseModel):
    n: int
    within_45_min: int
    within_60_min: int
    p50_ms: int | float | None
    p95_ms: int | float | None


class Measured(BaseModel):
    """Shape: null where there was nothing to measure."""

    model_config = ConfigDict(extra="allow")
    answering: Answering
    on_scene: OnScene
    outcomes: dict[str, int]
    unanswered_tests: int
    false_alarms_per_home: float | None
    hub_availability_pct: float | None


class Part(Measured):
    """Shape: `ends_at` where the part is a span of its own: a day, a shift."""

    at: int
    ends_at: int | None = None


class Numbers(Measured):
    begin: int = Field(alias="from")
    to: int
    by: str
    series: list[Part]
