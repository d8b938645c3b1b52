"""Short messages of a hub's modem: read with that hub's key, taken in under the same identity as by any other way.

A short message's sender can be forged, so the number says nothing: the tag does. What is none of ours (advertisements,
a balance) is kept as a dead letter and troubles nobody; what claims to be ours and is not, does. This file must not
know HTTP.

Ref: firmware/protocol/sms.py.
"""

import hashlib
import json

from protocol import messages, sms, topics

from ..database import Reader, Transaction
from ..hubs import store as hub_store
from . import rules, store, worker

TEXT_MAX = 2000  # characters of a message that is looked at


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def read(reader: Reader, text: str) -> rules.Heard | rules.Refusal:
    """The alarm in a short message, or why it cannot be used."""
    found = sms.address(text)
    if found is None:
        return rules.Refusal(None, "sms: none of ours")
    key = hub_store.sms_key(reader, found[0])
    if key is None:
        return rules.Refusal(found[0], "sms: no such hub, or it has no modem")
    try:
        hub_id, message = sms.read(_sha256, bytes.fromhex(key), text)
    except messages.BadMessage as error:
        return rules.Refusal(found[0], str(error))
    return rules.Heard(hub_id, topics.ALARM, message)


def take(transaction: Transaction, sender: str, text: str, received_at: int) -> worker.Taken | rules.Refusal:
    """Take in one short message. A refusal is kept, and told when somebody used our words."""
    heard = read(transaction, text[:TEXT_MAX])
    topic, payload = f"sms/{sender}", text.encode(errors="replace")
    if isinstance(heard, rules.Refusal):
        if text.lstrip().startswith(sms.MARK + " "):
            worker.refuse(transaction, topic, payload, heard, received_at)
        else:
            store.keep_dead_letter(transaction, topic, payload, heard.hub_id, heard.reason, received_at)
        return heard
    hub = hub_store.hub(transaction, heard.hub_id)
    assert hub is not None  # it has a key: it is registered and active
    body = json.dumps(heard.message, ensure_ascii=False)
    taken = worker.take_kept(transaction, hub, heard, body, received_at, "SMS")
    taken.heard = heard
    return taken
