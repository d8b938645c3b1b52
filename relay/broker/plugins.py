"""What amqtt asks us: may this user in (again, behind the gate), and may it touch this topic?

A hub touches its own topics only; the relay's user reads every `up` and writes every `down`.
"""

import hmac
from dataclasses import dataclass

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BasePlugin, BaseTopicPlugin
from amqtt.session import Session
from protocol import topics

from ..database import Database
from ..hubs import rules, store
from .gate import Connect


class Register:
    """The hubs' names and passwords, read from the relay's database, and the relay's own."""

    def __init__(self, database: str, relay_password: str) -> None:
        self._database = Database(database)  # never started: it only reads
        self._relay_password = relay_password

    def is_password(self, user: str | None, password: str | None) -> bool:
        if user is None or password is None:
            return False
        if user == rules.BROKER_NAME_OF_RELAY:
            return hmac.compare_digest(password.encode(), self._relay_password.encode())
        with self._database.read() as reader:
            return store.is_password(reader, user, password)

    def may_enter(self, connect: Connect) -> bool:
        """The right password; a last will of its own; and not the session of somebody else."""
        if not self.is_password(connect.user, connect.password):
            return False
        if connect.user == rules.BROKER_NAME_OF_RELAY:
            return True
        if connect.will_topic is not None and not topics.may_touch(connect.user, connect.will_topic, True):
            return False
        client_id = connect.client_id
        if client_id == connect.user or client_id == "":
            return True
        if client_id.startswith(rules.BROKER_NAME_OF_RELAY):
            return False
        with self._database.read() as reader:
            return not store.is_hub(reader, client_id)

    def revoked(self) -> set[str]:
        """The hubs that were put out of the system."""
        with self._database.read() as reader:
            return store.revoked(reader)

    def close(self) -> None:
        self._database.close()


_register: list[Register] = []  # amqtt makes the plugins itself and passes only plain values


def use(register: Register) -> None:
    _register[:] = [register]


class Passwords(BaseAuthPlugin):
    """The gate has asked already; whoever comes by another way is asked here."""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)

    async def authenticate(self, *, session: Session) -> bool:
        return _register[0].is_password(session.username, session.password)

    @dataclass
    class Config(BasePlugin.Config):
        """Nothing to set."""


class OwnTopics(BaseTopicPlugin):
    """A hub writes its own `up` and reads its own `down`; nothing else."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        user = session.username if session else None
        if user is None or topic is None or action is None:
            return False
        if user == rules.BROKER_NAME_OF_RELAY:
            if action == Action.PUBLISH:
                parsed = topics.parse(topic)
                return parsed is not None and parsed[1] == "down"
            return topic == topics.ALL_UP or action == Action.RECEIVE
        return topics.may_touch(user, topic, action == Action.PUBLISH)

    @dataclass
    class Config(BasePlugin.Config):
        """Nothing to set."""
