"""`anling-install`: from a box to a protected home, step by step; started again, it goes on where it stopped.

    anling-install [LABEL] [--language zh|en] [--port /dev/ttyACM0]

LABEL: what the QR code says, or it is asked for. With --port by USB cable, else by Bluetooth.

Errors come as one sentence with the remedy; exit 0 only when the home is protected.
"""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

from protocol import label

from . import ble, steps, walk
from .cable import CableCarrier
from .channel import Channel
from .progress import Progress, default_folder
from .relay_client import RelayClient
from .sentences import Trouble
from .terminal import Terminal

TOTAL = 8
ONLINE_S = 60
LABEL_TRIES = 3


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="anling-install", description="Brings a hub into a home.")
    made.add_argument("label", nargs="?", help="what the QR code of the label says")
    made.add_argument("--relay", help="the relay's address, where the label was typed in")
    made.add_argument("--token", default=os.environ.get("ANLING_TOKEN"), help="of the relay; else name and password")
    made.add_argument("--port", help="the hub's serial port: by USB cable instead of Bluetooth")
    made.add_argument("--language", choices=("zh", "en"), default="zh")
    made.add_argument("--state", type=Path, default=default_folder(), help="folder that remembers how far it came")
    made.add_argument("--out", type=Path, default=Path("."), help="folder for the certificate")
    made.add_argument("--no-walk", action="store_true", help="end before the walk test: the home is not proven then")
    return made


async def _label(terminal: Terminal, given: str | None) -> tuple[str, bytes, str]:
    """(hub_id, secret, address of the relay or ''). Errors: Trouble."""
    for _ in range(LABEL_TRIES):
        text = given or await terminal.ask("label", "扫描主机标签上的二维码：", "Scan the QR code on the hub's label:")
        given = None
        try:
            hub_id, secret = label.read_url(text)
            return hub_id, secret, text.partition("/install#")[0] if "/install#" in text else ""
        except label.BadLabel as bad:
            terminal.bad(str(bad))
    raise Trouble("other_hub")


async def _sign_in(terminal: Terminal, base: str, token: str | None) -> RelayClient:
    relay = RelayClient(base, token)
    if token is None:
        name = await terminal.ask("name", "用户名：", "Your name at the relay:")
        await relay.sign_in(name, await terminal.ask("password", "密码：", "Password:", is_secret=True))
    await relay.get("/api/me")
    return relay


async def run(options: argparse.Namespace, terminal: Terminal, radio: ble.Radio) -> int:
    """The whole of it. Errors: none: a sentence was written; the exit code."""
    began_s = time.monotonic()
    try:
        terminal.step(1, TOTAL, "扫描标签", "Scan the label")
        hub_id, secret, base = await _label(terminal, options.label)
        base = options.relay or base or await terminal.ask("relay", "服务器地址：", "Address of the relay:")
        terminal.step(2, TOTAL, "登录服务器", "Sign in at the relay")
        relay = await _sign_in(terminal, base, options.token)
        progress = Progress(options.state, hub_id)
        if progress.done:
            terminal.say("接着上次继续：" + "、".join(progress.done), "Going on after: " + ", ".join(progress.done))
        work = steps.Work(terminal, relay, progress, hub_id, secret, label.write(secret))
        terminal.step(3, TOTAL, "选择住户", "Choose the dwelling")
        await steps.dwelling(work)
        if "finish" not in progress.done:
            await _with_hub(work, radio, options.port)
        await _wait_online(work)
        if not options.no_walk:
            terminal.step(8, TOTAL, "走测", "Walk test")
            await walk.walk(work, options.out)
        progress.forget()
        minutes, seconds = divmod(int(time.monotonic() - began_s), 60)
        terminal.good(
            f"这一户已受保护。用时 {minutes} 分 {seconds} 秒。",
            f"This home is protected. It took {minutes} min {seconds} s.",
        )
        return 0
    except Trouble as trouble:
        terminal.bad(trouble.sentence(terminal.language))
        return 1


async def _with_hub(work: steps.Work, radio: ble.Radio, port: str | None) -> None:
    """All that needs the hub in reach."""
    work.terminal.step(4, TOTAL, "连接主机", "Connect to the hub")
    async with await _carrier(work, radio, port) as carrier:
        work.carrier = carrier
        work.hub = Channel(carrier, work.secret, work.hub_id)
        await work.hub.open()
        work.terminal.good("双方已用标签代码互相验证", "Hub and label have proven each other")
        await steps.identify(work)
        await steps.clock(work)
        work.terminal.step(5, TOTAL, "无线网络", "Wi-Fi")
        await steps.wifi(work)
        work.terminal.step(6, TOTAL, "登记到服务器", "Enrol at the relay")
        await steps.enrol(work)
        work.terminal.step(7, TOTAL, "按钮和感应器", "Buttons and sensors")
        await steps.sensors(work)
        await work.order("finish")
        work.progress.keep("finish")


async def _carrier(work: steps.Work, radio: ble.Radio, port: str | None) -> ble.BleCarrier | CableCarrier:
    await work.terminal.ask(
        "press",
        "请短按主机的取消键（装过的按三下），然后回车。",
        "Press the hub's cancel button (three times if installed before), then Enter.",
    )
    return CableCarrier(port) if port else ble.BleCarrier(radio, await ble.find(radio, work.hub_id))


async def _wait_online(work: steps.Work) -> None:
    """The hub has started anew with its settings and is on the line."""
    for _ in range(ONLINE_S * 2):
        seen = await work.relay.post(f"/api/claims/{work.hub_id}/look", {"secret": work.secret_text})
        if seen["is_online"]:
            work.terminal.good("主机已上线", "The hub is on the line")
            return
        await asyncio.sleep(0.5)
    work.progress.done = [step for step in work.progress.done if step != "finish"]
    work.progress.keep()
    raise Trouble("never_online")


def main(given: list[str] | None = None) -> int:
    options = parser().parse_args(given)
    try:
        return asyncio.run(run(options, Terminal(options.language), ble.Radio()))
    except KeyboardInterrupt:
        print(
            "\n" + ("已停止。已完成的步骤都保存着。" if options.language == "zh" else "Stopped. What is done is kept.")
        )
        return 130


if __name__ == "__main__":
    sys.exit(main())
