"""The steps of an installation, each a function that may be done again without harm. The order is in install.py.

Shape: `Work` holds what they share. Errors: Trouble; what was done before it is kept.
"""

from dataclasses import dataclass, field
from typing import Any

from . import ble
from .channel import Channel
from .progress import Progress
from .relay_client import RelayClient
from .sentences import Trouble
from .terminal import Terminal

CLOCK_OFF_S = 120
TRIES = 5
KINDS = (
    "button",
    "motion",
    "door",
    "window",
    "presence",
    "vibration",
    "detector",
    "wearable",
    "cancel_button",
    "appliance",
)
OVER = ("dropped", "broken", "cable_pulled", "cable_silent")  # the conversation with the hub is


@dataclass
class Work:
    """One installation under way."""

    terminal: Terminal
    relay: RelayClient
    progress: Progress
    hub_id: str
    secret: bytes
    secret_text: str
    carrier: Any = None
    hub: Channel | None = None
    claim: dict[str, Any] = field(default_factory=dict)

    async def order(self, do: str, **more: Any) -> dict[str, Any]:
        assert self.hub is not None
        return await self.hub.order(do, **more)


async def dwelling(work: Work) -> None:
    """Choose the dwelling and claim the hub for it; the choice of an earlier try is taken up."""
    path = f"/api/claims/{work.hub_id}"
    seen = await work.relay.post(f"{path}/look", {"secret": work.secret_text})
    chosen = seen["dwelling_id"] if seen["state"] != "free" else None
    while chosen is None:
        text = await work.terminal.ask(
            "search", "住户（楼号、姓名或拼音首字母）：", "Dwelling (building, name or initials):"
        )
        rows = [row for row in await work.relay.get(f"/api/claims/dwellings?q={_quoted(text)}") if not row["hub_id"]]
        if not rows:
            work.terminal.bad(work.terminal.text("没有找到还没装主机的住户。", "No dwelling without a hub was found."))
            continue
        options = [f"{row['label']}  {row['names'] or ''}  {row['address']}" for row in rows]
        place = await work.terminal.choose("dwelling", "哪一户？", "Which one?", options)
        chosen = rows[place]["dwelling_id"]
    work.claim = await work.relay.post(f"{path}/take", {"secret": work.secret_text, "dwelling_id": chosen})
    work.progress.keep("dwelling", dwelling_id=chosen)
    label, address = work.claim["label"], work.claim["address"]
    work.terminal.good(f"{label}，{address}", f"{label}, {address}")


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


async def identify(work: Work) -> None:
    """The hub speaks: is it the one in this home?"""
    await work.order("identify")
    if not await work.terminal.agree("heard", "听到主机说“我在这里”了吗？", 'Did the hub say "Here I am"?'):
        raise Trouble("other_hub")
    work.progress.keep("identify")


async def clock(work: Work) -> None:
    """The relay's time for the hub; a word about this device's own, when it is wrong."""
    off_s = abs(work.relay.clock_ahead_s)
    if off_s > CLOCK_OFF_S:
        work.terminal.bad(Trouble("clock_off", round(off_s / 60)).sentence(work.terminal.language))
    await work.order("clock", utc_ms=work.relay.utc_ms())
    work.terminal.good("时间已校准", "The clock is set")


async def wifi(work: Work) -> None:
    """Improv over BLE, or through the channel where there is a cable; until the hub is in, or the tries are used up."""
    status = await work.order("status")
    if status["wifi"]:
        ssid = status["wifi"]
        if await work.terminal.agree("keep_wifi", f"继续使用网络“{ssid}”？", f'Keep the network "{ssid}"?'):
            return
    trouble = None
    for _ in range(TRIES):
        names = [one[0] for one in (await work.order("networks"))["networks"]]
        work.terminal.say("主机看到的网络：" + "、".join(names), "The hub sees: " + ", ".join(names))
        ssid = await work.terminal.ask("ssid", "网络名称：", "Name of the network:")
        password = await work.terminal.ask("wifi_password", "密码：", "Password:", is_secret=True)
        trouble = await _join(work, ssid, password)
        if trouble is None:
            work.progress.keep("wifi")
            work.terminal.good("主机已连上无线网络", "The hub has joined the Wi-Fi")
            return
        work.terminal.bad(trouble.sentence(work.terminal.language))
    assert trouble is not None  # every try failed
    raise trouble


async def _join(work: Work, ssid: str, password: str) -> Trouble | None:
    if isinstance(work.carrier, ble.BleCarrier):
        if await work.carrier.improv_wifi(ssid, password):
            return None
        return Trouble((await work.order("status"))["wifi_fault"] or "wifi_no_answer")
    try:
        await work.order("wifi", ssid=ssid, password=password)
    except Trouble as trouble:
        return trouble
    return None


async def enrol(work: Work) -> None:
    """Tell the hub where it is and how to reach the relay, and have it try."""
    language = "zh" if work.terminal.language == "zh" else "en"
    if "language" not in work.progress.told:
        place = await work.terminal.choose(
            "language", "主机说哪种语言？", "Which language does the hub speak?", ["中文", "English"]
        )
        language = ("zh", "en")[place]
        work.progress.keep(language=language)
    told: dict[str, Any] = {"language": work.progress.told.get("language", language), "utc_offset_min": 480}
    if work.claim.get("ntp") is not None:
        told["ntp"] = work.claim["ntp"]
    if work.claim.get("neighbours"):
        told["neighbours"] = work.claim["neighbours"]
    if work.claim.get("modem") and (await work.order("status"))["has_modem"]:
        told["modem"] = work.claim["modem"] | {"pin": await _pin(work)}
    await work.order("enrol", broker=work.claim["broker"], dwelling=work.claim["label"], **told)
    work.terminal.say("主机正在连接服务器……", "The hub tries the relay…")
    await work.order("reach")
    work.progress.keep("enrol")
    work.terminal.good("服务器接受了这台主机", "The relay has taken the hub in")


async def _pin(work: Work) -> str | None:
    """Of the card in the hub's modem; None where it has none."""
    given = await work.terminal.ask(
        "pin", "SIM 卡 PIN 码（没有就回车）：", "PIN of the SIM card (Enter when it has none):", is_secret=True
    )
    return given or None


async def _tell_devices(work: Work) -> list[dict[str, str]]:
    """The relay learns rooms and names of what the hub has, which is the truth: nothing is lost by a broken line."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = await work.order("devices", **{"from": len(rows)})
        rows += answer["devices"]
        if not answer["devices"] or len(rows) >= answer["count"]:
            break
    devices = [
        {"device_id": row["id"], "kind": row["kind"], "room": row["room"] or "—", "label": row["label"] or "—"}
        for row in rows
    ]
    await work.relay.put(f"/api/claims/{work.hub_id}/devices", {"devices": devices})
    return devices


async def sensors(work: Work) -> None:
    """Press to add, one by one, until no more; the relay learns each one's room."""
    for one in await _tell_devices(work):
        work.terminal.good(f"{one['room']} {one['label']}", f"{one['room']}, {one['label']}")
    while True:
        await work.order("listen")
        more = await work.terminal.ask(
            "more",
            "请按一下（触发）下一个设备再回车；没有了输入 n：",
            "Trigger the next device, then Enter; n when there is none:",
        )
        if more.lower() in ("n", "no", "没有"):
            break
        try:
            await _add_heard(work)
        except Trouble as trouble:
            if trouble.word in OVER:
                raise
            work.terminal.bad(trouble.sentence(work.terminal.language))
            continue
        await _tell_devices(work)
    work.progress.keep("sensors")


async def _add_heard(work: Work) -> None:
    """Add the device that was just triggered. Errors: Trouble."""
    rows = [row for row in (await work.order("heard"))["devices"] if row["known"] is None]
    if not rows:
        raise Trouble("not_heard")
    row = rows[0]
    if len(rows) > 1:
        options = [f"{one['id']}  {one['kind'] or '?'}  {one['rssi']} dBm" for one in rows]
        row = rows[
            await work.terminal.choose("which", "听到几个设备，是哪个？", "Several were heard. Which is it?", options)
        ]
    kind = row["kind"]
    if kind is None:
        kind = KINDS[await work.terminal.choose("kind", "它是什么？", "What is it?", KINDS)]
    room = await work.terminal.ask("room", f"{row['id']} 在哪个房间？", f"In which room is {row['id']}?")
    label = await work.terminal.ask("label", "怎么称呼它？", "What is it called?")
    key = None
    if row["sealed"]:
        key = await work.terminal.ask(
            "key", "请扫描它的二维码（32 位密钥）：", "Scan its QR code (key of 32 digits):", is_secret=True
        )
    done = await work.order("add", id=row["id"], kind=kind, room=room, label=label, key=_key_of(key))
    work.terminal.good(f"{room} {label}（{done['rssi']} dBm）", f"{room}, {label} ({done['rssi']} dBm)")


def _key_of(scanned: str | None) -> str | None:
    """The 32 digits in what was scanned: alone, or the last such run of digits in a maker's text."""
    if not scanned:
        return None
    runs = "".join(c if c in "0123456789abcdefABCDEF" else " " for c in scanned).split()
    keys = [run.lower() for run in runs if len(run) == 32]
    return keys[-1] if keys else scanned.lower()
