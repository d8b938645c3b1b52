"""New firmware: the power goes at every flash operation of an update, its trial and a rollback, whole and torn; and
what proving a package costs.

Fails when any cut leaves a hub that cannot alarm or does not come to the same end, when a hostile package is taken, or
when the negative control (an updater with one slot) survives.
"""

import asyncio
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import update_parts

MUST_BE_NONE = ("cut_points_dead", "cut_points_not_well_in_the_end")


async def run(report, quantile) -> None:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        update_parts.write_all(pathlib.Path(name), small=False)
        arguments, environment = update_parts.command(pathlib.Path(name), 1)
        process = await asyncio.create_subprocess_exec(*arguments, env=environment, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        refused = 0
        async for line in process.stdout:
            if not line.startswith(b"["):
                continue
            found = json.loads(line)
            if found[0] == "refused":
                refused += found[3]
                wrong += [] if found[3] else [f"{found[1]}: {found[2]}"]
                continue
            metric, value, unit = found
            report("update", metric, value, unit)
            if (metric in MUST_BE_NONE and value) or (metric == "control_one_slot_dead" and not value):
                wrong.append(f"{metric} is {value}")
        report("update", "hostile_packages_refused", refused, "packages")
        if await process.wait() or wrong:
            raise SystemExit("update: " + ("; ".join(wrong) or "the run did not end well"))
