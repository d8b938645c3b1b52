"""Two relays on one PostgreSQL and one mosquitto; one is killed while alarms come in."""

import pathlib
import tempfile
import threading
import time
from typing import Any

from load_parts import Load, Mosquitto, Served
from postgres_parts import Cluster

from relay.app import open_database
from relay.database import Database


def story(cluster: Cluster, alarms: int, per_s: float) -> dict[str, Any]:
    """So many alarms; one relay is killed after half of them. What became of each."""
    address = cluster.address(cluster.make())
    with tempfile.TemporaryDirectory(prefix="anling-several-", ignore_cleanup_errors=True) as name:
        folders = [pathlib.Path(name) / one for one in ("a", "b")]
        for folder in folders:
            folder.mkdir()
        broker = Mosquitto(pathlib.Path(name))
        first = Served(folders[0], alarms, broker.port, address)
        second = Served(folders[1], 0, broker.port, address)
        load = Load(second, broker.port, alarms)
        try:
            seconds = alarms / per_s
            killer = threading.Timer(seconds / 2, first.kill)
            killer.start()
            # A pace has one press at its very beginning.
            found = load.do(do="run", beats_per_s=20, alarms_per_min=60 * per_s, seconds=seconds, retry_s=2.0)
            killer.join()
            shown = load.do(do="consoles", alarms=found["pressed"], wait_s=30)
            database = open_database(folders[1], address)
            try:
                kept = _wait_for_steps(database, found["pressed"])
            finally:
                database.close()
            counted = load.do(do="count")
            time.sleep(1)
            counts = second.command("counts").stdout.strip()
        finally:
            load.stop()
            second.stop()
            broker.stop()
    return {**found, **kept, "shown": shown, "told": counted, "counts": counts}


def _wait_for_steps(database: Database, alarms: int) -> dict[str, Any]:
    """Every alarm's first step of escalation, done by whichever relay leads."""
    end = time.monotonic() + 120
    while True:
        with database.read() as reader:
            steps = reader.rows("SELECT alarm_id, count(*) AS n FROM alarm_history WHERE what = 'escalated' GROUP BY 1")
            rows = reader.rows("SELECT hub_id, alarm_seq, activations FROM alarms")
            to_people = reader.rows("SELECT alarm_id, channel, count(*) AS n FROM outgoing GROUP BY 1, 2")
        if len(steps) >= alarms or time.monotonic() > end:
            return {
                "rows": len(rows),
                "homes": len({(row["hub_id"], row["alarm_seq"]) for row in rows}),
                "again": sum(row["activations"] > 1 for row in rows),
                "escalated": len(steps),
                "escalated_twice": sum(row["n"] > 1 for row in steps),
                "messages_twice": sum(row["n"] > 1 for row in to_people),
            }
        time.sleep(0.2)
