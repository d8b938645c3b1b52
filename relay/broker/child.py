"""The broker's process: amqtt behind our gate, on one TCP port. Started by supervisor.py, never by hand.

It says `ready <port>` on stdout once it listens, and ends when its stdin ends: a relay that was killed
leaves no broker behind. Exit code 3: the port is taken.
"""

import argparse
import asyncio
import errno
import logging
import os
import sys
import threading
from contextlib import suppress

from amqtt.broker import Broker, BrokerContext
from amqtt.errors import AMQTTError, MQTTError, NoDataError
from protocol import topics

from .. import loop
from ..hubs.rules import BROKER_NAME_OF_RELAY
from . import gate, plugins

PASSWORD_VARIABLE = "ANLING_BROKER_PASSWORD"
DATABASE_VARIABLE = "ANLING_BROKER_DATABASE"  # an address may hold a password: never on a command line
PORT_TAKEN = 3
LISTENER = "default"
CONNECTIONS_MAX = 20_000
CUT_ROUND_S = 0.5  # between two looks for lines of revoked hubs


async def serve(arguments: argparse.Namespace, relay_password: str, is_over: asyncio.Event) -> None:
    """Run until `is_over`. Errors: OSError when the port cannot be had."""
    register = plugins.Register(arguments.database, relay_password)
    plugins.use(register)
    here = plugins.__name__
    broker = Broker(
        {
            "listeners": {LISTENER: {"type": "external", "max_connections": CONNECTIONS_MAX}},
            "plugins": {f"{here}.Passwords": {}, f"{here}.OwnTopics": {}},
        }
    )
    await broker.start()
    await _keep_for_relay(broker, arguments.relay_client_id)
    streams: set[asyncio.Task[None]] = set()
    lines: dict[str, set[asyncio.StreamWriter]] = {}  # of each user

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, connect = asyncio.current_task(), None
        if task is not None:
            streams.add(task)
        try:
            connect = await gate.admit(reader, writer, register.may_enter)
            if connect is not None:
                lines.setdefault(connect.user, set()).add(writer)
                await broker.external_connected(gate.Reader(connect.data, reader), gate.Writer(writer), LISTENER)
        except (AMQTTError, MQTTError, NoDataError, ConnectionError, asyncio.IncompleteReadError) as error:
            logging.info("a client was let go: %s", type(error).__name__)
        except Exception:  # whatever one client does, the others stay
            logging.exception("a client made the broker stumble")
        finally:
            writer.close()
            if connect is not None:
                lines[connect.user].discard(writer)
            if task is not None:
                streams.discard(task)

    try:
        server = await asyncio.start_server(connected, arguments.host, arguments.port, limit=2 * gate.PACKET_MAX)
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        cutter = asyncio.create_task(_cut_revoked(register, lines))
        await is_over.wait()
        cutter.cancel()
        server.close()
        for task in list(streams):
            task.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
    finally:
        with suppress(Exception):  # amqtt stumbles over half-open sessions when it ends
            await asyncio.wait_for(broker.shutdown(), 3)
        register.close()


async def _cut_revoked(register: plugins.Register, lines: dict[str, set[asyncio.StreamWriter]]) -> None:
    """A hub that was put out of the system loses the line that it has, too."""
    while True:
        await asyncio.sleep(CUT_ROUND_S)
        try:
            gone = await asyncio.to_thread(register.revoked)
        except Exception:  # the database is being repaired, moved or upgraded: asked again
            logging.exception("revoked hubs cannot be looked up")
            continue
        for user in gone & lines.keys():
            for writer in list(lines[user]):
                writer.transport.abort()


async def _keep_for_relay(broker: Broker, client_id: str) -> None:
    """Subscribe the relay before it is there: a hub may be back sooner, and its alarm must wait, not fall."""
    context = BrokerContext(broker)
    await context.add_subscription(client_id, None, None)
    session = context.get_session(client_id)
    assert session is not None  # made by the line above
    session.username, session.clean_session = BROKER_NAME_OF_RELAY, False
    await context.add_subscription(client_id, topics.ALL_UP, 1)


async def run(arguments: argparse.Namespace, relay_password: str) -> None:
    running = asyncio.get_running_loop()
    is_over = asyncio.Event()

    def wait_for_end_of_relay() -> None:
        with suppress(OSError, ValueError):
            sys.stdin.buffer.read()
        with suppress(RuntimeError):  # the loop has ended first
            running.call_soon_threadsafe(is_over.set)

    threading.Thread(target=wait_for_end_of_relay, daemon=True).start()
    await serve(arguments, relay_password, is_over)


def main() -> int:
    parser = argparse.ArgumentParser(prog="relay.broker.child")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--relay-client-id", required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR, format="broker: %(message)s", stream=sys.stderr)
    password = os.environ.pop(PASSWORD_VARIABLE, "")
    arguments.database = os.environ.pop(DATABASE_VARIABLE, "")
    if not password:
        print(f"broker: {PASSWORD_VARIABLE} is not set; start it with `python -m relay serve`", file=sys.stderr)
        return 2
    try:
        loop.run(run(arguments, password))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return PORT_TAKEN
        print(f"broker: cannot listen on {arguments.host}:{arguments.port}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass  # Ctrl-C reaches the whole group; the relay ends us
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the thread at stdin must not hold the process
