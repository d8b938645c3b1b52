"""What one message of a hub does, inside one transaction of the writer.

Rule 1: COMMIT, then receipt and puback, then consoles; `Taken` says what to send once the commit is there.
Rule 2: a message is acted on only when its identity is new; a duplicate is receipted again and nothing else. Where it
says something else than the first, that is a dead letter and a technical alarm, too: a hub that counts wrongly.
Rule 3: what cannot be used is a dead letter and a technical alarm, never a receipt.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from protocol import messages, topics
from protocol import vocabulary as words

from ..alarms import rules as alarm_rules
from ..alarms import store as alarm_store
from ..alarms import views
from ..database import Row, Transaction
from ..escalation import store as escalation_store
from ..history import store as history_store
from ..hubs import store as hub_store
from ..supervision import rules as supervision_rules
from ..supervision import store as supervision_store
from ..updates import rules as update_rules
from ..updates import store as update_store
from ..walks import store as walk_store
from . import carried, rules, store

Down = tuple[str, dict[str, Any]]


@dataclass
class Taken:
    """What goes down to the hub after the commit: (word, message), in order."""

    down: list[Down] = field(default_factory=list[Down])
    is_new: bool = False
    heard: rules.Heard | None = None  # what an envelope had in it, when the message was one
    key: str = ""  # of the envelopes of its hub


def take(transaction: Transaction, heard: rules.Heard, topic: str, payload: bytes, received_at: int) -> Taken:
    """Take in one message that can be read."""
    hub = hub_store.hub(transaction, heard.hub_id)
    if hub is None:
        if heard.word == topics.STATE and hub_store.is_hub(transaction, heard.hub_id):
            return Taken()  # the last will of a hub that was put out: its line was cut
        refuse(transaction, topic, payload, rules.Refusal(heard.hub_id, "hub: not registered"), received_at)
        return Taken()
    if heard.word == topics.STATE and not heard.message["online"]:
        if hub_store.lost(transaction, heard.hub_id):
            views.announce_dwelling(transaction, hub["dwelling_id"], hub["community_id"])
        return Taken()
    _hear(transaction, hub, received_at)
    if heard.word == topics.CARRIED:
        return _take_carried(transaction, heard, topic, payload, received_at)
    if heard.is_kept:
        return take_kept(transaction, hub, heard, payload.decode(), received_at)
    if heard.word in (topics.HELLO, topics.HEARTBEAT):
        hub_store.keep_heartbeat(transaction, heard.hub_id, heard.message)
        missed = _what_home_missed(transaction, hub, heard.message, received_at)
        return Taken(missed + _walk(transaction, hub, heard, received_at))
    if heard.word == topics.WALK:
        return Taken(_walk(transaction, hub, heard, received_at))
    if heard.word == topics.TALLY:
        history_store.take_tally(transaction, heard.hub_id, heard.message, received_at)
    if heard.word == topics.UPDATE:
        down, failure = update_store.take(transaction, hub, heard.message, received_at)
        if failure is not None:
            supervision_store.raise_technical(transaction, update_rules.UPDATE_FAILED, received_at, hub, None, failure)
        return Taken(down)
    if heard.word == topics.TOLD:
        alarm_store.keep_told(transaction, heard.hub_id, heard.message, received_at)
    return Taken()


def _walk(transaction: Transaction, hub: Row, heard: rules.Heard, now: int) -> list[Down]:
    """What goes down to a hub that is being walked through."""
    return [(topics.WALK, one) for one in walk_store.take(transaction, hub, heard.word, heard.message, now)]


def _hear(transaction: Transaction, hub: Row, now: int) -> None:
    if hub_store.heard(transaction, hub["hub_id"], now):
        supervision_store.end(transaction, words.HUB_OFFLINE, now, hub["hub_id"])
        supervision_store.end_of_dwelling(transaction, supervision_rules.HUB_REVOKED, hub["dwelling_id"], now)
        views.announce_dwelling(transaction, hub["dwelling_id"], hub["community_id"])


def _take_carried(transaction: Transaction, heard: rules.Heard, topic: str, payload: bytes, received_at: int) -> Taken:
    """An envelope: what is in it counts, not who brought it. Its hub stays off the line: only its alarm came."""
    found = carried.read(transaction, heard)
    if isinstance(found, rules.Refusal):
        refuse(transaction, topic, payload, found, received_at)
        return Taken()
    inner, key = found
    hub = hub_store.hub(transaction, inner.hub_id)
    assert hub is not None  # it has a key: it is registered and active
    body = json.dumps(inner.message, ensure_ascii=False)
    taken = take_kept(transaction, hub, inner, body, received_at, "a neighbour's hub")
    taken.heard, taken.key = inner, key
    return taken


def take_kept(
    transaction: Transaction, hub: Row, heard: rules.Heard, body: str, received_at: int, way: str = ""
) -> Taken:
    """A message that its hub keeps until the receipt. Shape: `way` names another way than the hub's own line."""
    message = heard.message
    is_new = store.keep(transaction, heard, body, received_at)
    if is_new and heard.word == topics.ALARM:
        if walk_store.running(transaction, heard.hub_id, received_at) is not None:
            way = ", ".join(part for part in (way, f"walk test ({message['kind']})") if part)
            message = message | {"kind": words.TEST}  # shown as what it is: a call on purpose
        escalation_store.freeze(transaction, alarm_store.take(transaction, hub, message, received_at, way))
    elif is_new:
        supervision_store.raise_technical(
            transaction, message["kind"], received_at, hub, message["device"], message["detail"]
        )
    elif store.is_another(transaction, heard):  # the first counts; but somebody looks at this one, and at its hub
        refusal = rules.Refusal(heard.hub_id, "seq: used before for another message")
        refuse(transaction, topics.up(heard.hub_id, heard.word), body.encode(), refusal, received_at)
    receipt: dict[str, Any] = messages.receipt(message["epoch"], message["seq"])
    return Taken([(topics.RECEIPT, receipt)], is_new)


def _what_home_missed(transaction: Transaction, hub: Row, message: dict[str, Any], now: int) -> list[Down]:
    """The present step of each alarm in which the home is behind."""
    missed: list[Down] = []
    for alarm_seq, home_step in message["alarms"]:
        alarm = alarm_store.alarm_of_home(transaction, hub["hub_id"], message["epoch"], alarm_seq)
        if alarm is None:
            # Raised and not received yet is on its way to us; more than that should be known here.
            if home_step not in (words.IDLE, words.PRE_ALARM, words.RAISED, words.CANCELLED):
                supervision_store.raise_technical(
                    transaction, supervision_rules.ALARM_UNKNOWN, now, hub, None, str(alarm_seq)
                )
        elif alarm_rules.is_home_behind(home_step, alarm):
            step = alarm_rules.step_of(alarm)
            missed.append((topics.ALARM, views.down_message(transaction, alarm, step)))
    return missed


def refuse(transaction: Transaction, topic: str, payload: bytes, refusal: rules.Refusal, received_at: int) -> None:
    """Keep a dead letter and tell whom it concerns."""
    store.keep_dead_letter(transaction, topic, payload, refusal.hub_id, refusal.reason, received_at)
    hub = hub_store.hub(transaction, refusal.hub_id) if refusal.hub_id else None
    supervision_store.raise_technical(transaction, words.DEAD_LETTER, received_at, hub, None, refusal.reason[:64])
