"""kill -9 of relay and broker in turn, while thousands of homes beat and press."""

import threading
import time
from typing import Any

from load_parts import Place


def story(place: Place, kills: int, every_s: float, alarms_per_min: float, beats_per_s: float = 50) -> dict[str, Any]:
    """So many kills, relay and broker in turn; then what the homes counted beside what is stored."""
    seconds = every_s * (kills + 1)
    place.load.begin(do="run", beats_per_s=beats_per_s, alarms_per_min=alarms_per_min, seconds=seconds, retry_s=2.0)
    for number in range(kills):
        time.sleep(every_s)
        if number % 2 == 0:
            place.relay.kill()
            place.relay.start()
        else:
            place.broker.kill()
            place.broker.start()
    done: list[dict[str, Any]] = []
    waiter = threading.Thread(target=lambda: done.append(place.load.end()))
    waiter.start()
    waiter.join()
    told = place.load.do(do="count")
    time.sleep(2)
    counts = place.relay.command("counts").stdout.strip().splitlines()
    return {**done[0], "told": told, "counts": counts[-1], "differing": counts[:-1]}
