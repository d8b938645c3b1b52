"""The walk test, from the installer's side: starts it at the relay, says what to do next, fetches the certificate.

What is proven and what is not is the relay's word; here it is only shown. Ref: relay/walks/rules.py.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from .sentences import Trouble
from .steps import Work

LOOK_S = 1.0
AGAIN_S = 20.0  # what was done and has not been seen for so long is asked for again
# Mains and router first: while an alarm is open, and a button's test is one, the hub keeps lesser news to itself.
_ORDER = ("mains", "router", "device", "answer", "contacts")
_DO = {
    "mains": (
        "请拔掉主机的电源，等它说停电，再插回。",
        "Pull the hub's mains plug, wait until it says so, and plug it in again.",
    ),
    "router": (
        "请拔掉路由器的电源，等主机说网络断了，再插回。",
        "Unplug the router, wait until the hub says that the network is down, and plug it in again.",
    ),
    "answer": (
        "请老人再按一次按钮，由值班员接警，并听主机说出答复（之前的测试呼叫若已接警，请值班员先结案）。",
        "Let the resident press their button once more and hear who on duty answers. If the test calls before it were"
        " taken already, have them closed first.",
    ),
}


async def walk(work: Work, out: Path) -> None:
    """Until the certificate is there. Errors: Trouble, with what is not proven."""
    begun = await work.relay.post("/api/walk-tests", {"dwelling_id": work.claim["dwelling_id"]})
    path = f"/api/walk-tests/{begun['walk_id']}"
    work.terminal.say("测试中：这一户的报警现在都算测试呼叫。", "Under test: alarms of this home are test calls now.")
    await _contacts(work, path, begun)
    said: dict[str, Any] = {}
    while True:
        seen = await work.relay.get(path)
        if seen["state"] != "running":
            raise Trouble("walk_over")
        _tell_news(work, seen, said)
        missing = [one for one in seen["checks"] if not one["is_passed"] and one["excuse"] is None]
        if not missing:
            break
        missing.sort(key=lambda one: _ORDER.index(one["what"]))
        await _ask_for(work, missing[0], said)
        await asyncio.sleep(LOOK_S)
    await _finish(work, path, out)


async def _ask_for(work: Work, check: dict[str, Any], said: dict[str, Any]) -> None:
    """Say what to do next; again, when it was done and the relay has seen nothing of it."""
    todo, clock = _todo(work, check), asyncio.get_running_loop().time
    if said.get("todo") == todo:
        if clock() - said["asked_at"] < AGAIN_S:
            return
        work.terminal.say("还没有收到，请再做一次。", "Nothing of it has been seen yet. Please do it again.")
    work.terminal.say(*todo)
    await work.terminal.ask("walk:" + check["name"], "做好后回车。", "Enter when done.")
    said["todo"], said["asked_at"] = todo, clock()


def _todo(work: Work, check: dict[str, Any]) -> tuple[str, str]:
    """What to do next."""
    if check["what"] == "device":
        told = check["told"]
        zh = f"请到{told['room']}，把“{told['label']}”触发三次，每次间隔几秒。"
        return zh, f"Go to {told['room']} and trigger {told['label']} three times, a few seconds apart."
    if check["what"] == "contacts":
        return "请给联系人打一个电话。", "Call one of the contacts."
    return _DO[check["what"]]


def _tell_news(work: Work, seen: dict[str, Any], said: dict[str, Any]) -> None:
    for one in seen["checks"]:
        told = one["told"]
        state = (one["is_passed"], min(told.get("received") or 0, told.get("wanted") or 0))
        if said.get(one["name"]) == state:
            continue
        said[one["name"]] = state
        if one["what"] == "device" and told["received"]:
            count = min(told["received"], told["wanted"])
            place, measured = f"{told['room']} {told['label']}", f"{told['rssi_dbm']} dBm, p95 {told['p95_ms']} ms"
            text = f"{place}: {count}/{told['wanted']}, {measured}"
            (work.terminal.good if one["is_passed"] else work.terminal.say)(text, text)
        elif one["is_passed"]:
            work.terminal.good(*_PASSED.get(one["what"], (one["name"], one["name"])))


_PASSED = {
    "mains": ("停电和来电都报告了", "Mains lost and back: both were reported"),
    "router": ("断网后自己连回来了", "The line came back by itself"),
    "answer": ("老人按下后听到了答复", "The resident pressed and heard the answer"),
    "contacts": ("联系人已核对", "The contacts are verified"),
}


async def _contacts(work: Work, path: str, begun: dict[str, Any]) -> None:
    """Each contact is called up by the installer: did they answer?"""
    verified = []
    for one in begun["contacts"]:
        is_there = await work.terminal.agree(
            "contact",
            f"请打给{one['name']}（{one['phone']}）。打通并核对了吗？",
            f"Call {one['name']} ({one['phone']}). Did they answer?",
        )
        verified.append({"name": one["name"], "phone": one["phone"], "is_verified": is_there})
    if verified:
        await work.relay.post(f"{path}/contacts", {"contacts": verified})


async def _finish(work: Work, path: str, out: Path) -> None:
    installer = await work.terminal.ask("sign_installer", "安装员签名（姓名）：", "Installer signs (name):")
    resident = await work.terminal.ask("sign_resident", "住户签名（姓名）：", "Whoever is in the home signs (name):")
    done = await work.relay.post(f"{path}/finish", {"installer": installer, "resident": resident})
    data = await work.relay.file(f"{path}/certificate.pdf")
    if hashlib.sha256(data).hexdigest() != done["certificate_hash"]:
        raise Trouble("broken")
    place = out / f"anling-certificate-{done['walk_id']}.pdf"
    place.write_bytes(data)
    work.terminal.good(f"合格证：{place.name}", f"Certificate: {place.name}")
    work.terminal.good(f"SHA-256 {done['certificate_hash'][:16]}…", f"SHA-256 {done['certificate_hash'][:16]}…")
