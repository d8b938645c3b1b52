"""The relay's counters as text for Prometheus. Names no person and no home.

Ref: Prometheus text exposition format 0.0.4.
"""

from ..numbers import rules as number_rules
from ..numbers import store as number_store
from ..services import Services
from . import look, rules, store

DAY_MS = 24 * 3600 * 1000


def _line(name: str, value: float | int, **labels: str) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"anling_{name}{{{inside}}} {value}\n" if inside else f"anling_{name} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _head(name: str, kind: str, what: str) -> str:
    return f"# HELP anling_{name} {what}\n# TYPE anling_{name} {kind}\n"


GAUGES = (
    ("hubs", "gauge", "Hubs that are registered."),
    ("hubs_online", "gauge", "Hubs on the line."),
    ("alarms", "counter", "Alarms ever taken in."),
    ("alarms_open", "gauge", "Alarms that are not closed."),
    ("alarms_unanswered", "gauge", "Open alarms that nobody has acknowledged."),
    ("dead_letters", "counter", "Messages that could not be read."),
    ("outgoing_waiting", "gauge", "Messages to people that wait to be sent."),
    ("events", "counter", "Events given to consoles."),
    ("ledger_entries", "counter", "Entries of the hash chain."),
)


def text(services: Services, now: int) -> str:
    """All of it, as of one commit. Errors: Broken."""
    facts = look.facts(services, now)
    checks = rules.well(facts)
    with services.database.read() as reader:
        gauges = store.gauges(reader)
        kinds = store.technical_by_kind(reader)
        seen = [row["community_id"] for row in reader.rows("SELECT community_id FROM communities ORDER BY 1")]
        calls = number_store.calls(reader, seen, now - DAY_MS, now + 1) if seen else []
    parts = [_head(name, kind, what) + _line(name, gauges[name]) for name, kind, what in GAUGES]
    parts.append(_head("technical_open", "gauge", "Faults of the system that are open, by kind."))
    parts += [_line("technical_open", row["n"], kind=row["kind"]) for row in kinds]
    parts.append(_head("answering_24h", "gauge", "Alarms of the last 24 hours, by community and how soon answered."))
    for community_id in seen:
        of = [call for call in calls if call.community_id == community_id]
        answering = number_rules.measure(of, 0, None)["answering"]
        for name in ("n", "answered", *(f"within_{s}_s" for s in number_rules.ANSWER_S)):
            parts.append(_line("answering_24h", answering[name], community=community_id, what=name))
    parts.append(_head("well", "gauge", "1 where this check of the relay is well."))
    parts += [_line("well", int(is_well), check=name) for name, is_well in checks.items()]
    more = [
        ("jobs", "counter", "Writes since the start.", services.database.jobs),
        ("commits", "counter", "Commits since the start.", services.database.commits),
        ("consoles", "gauge", "Streams of events that are open.", services.broadcaster.count),
        ("disk_free_bytes", "gauge", "Room left for the data.", facts.disk_free_bytes),
    ]
    if facts.backup_ms_ago is not None:
        more.append(("backup_age_seconds", "gauge", "Age of the newest good backup.", facts.backup_ms_ago // 1000))
    parts += [_head(name, kind, what) + _line(name, value) for name, kind, what, value in more]
    return "".join(parts)
