"""What tests of the database share: messages of a home, taken in as the intake does it, and looks at the tables."""

from protocol import messages, topics
from protocol import vocabulary as words
from relay_parts import EPOCH

from relay.clock import now_ms
from relay.database import Database
from relay.intake import rules as intake_rules
from relay.intake import worker as intake_worker


def say(database: Database, word: str, message: dict, hub: str = "hub-0001", now: int | None = None):
    payload = messages.encode(message)
    heard = intake_rules.read(topics.up(hub, word), payload)
    assert isinstance(heard, intake_rules.Heard), heard
    at = now if now is not None else now_ms()
    return database.write(lambda tx: intake_worker.take(tx, heard, topics.up(hub, word), payload, at)).result()


def alarm_message(seq: int, alarm: int | None = None, step: str = words.RAISED, kind: str = words.HELP) -> dict:
    return messages.alarm(EPOCH, seq, alarm or seq, kind, step, None, words.PRESS, 10, None)


def beat(alarms: list) -> dict:
    return messages.heartbeat(EPOCH, 9, 60, 0, alarms, True, None, "0.1", False)


def rows(database: Database, sql: str) -> list[dict]:
    with database.read() as reader:
        return reader.rows(sql)
