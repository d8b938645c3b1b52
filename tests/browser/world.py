"""What goes on in the community while screens are looked at: one alarm at each step, so that no screen is empty."""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from browser_parts import Hub, Relay, clear_all, until
from fleet_parts import add_firmware

BUILD = 42  # of the new firmware; newer than any other test's on the same relay
GOER = "李敏"  # the sample's `responder`


class World:
    """A relay with homes that call. Shape: `hubs` by the part they play: help, fall, walked (somebody goes there)."""

    def __init__(self, relay: Relay, make_hub: Callable[[], Hub]) -> None:
        self.relay = relay
        self.hubs = {part: make_hub() for part in ("help", "fall", "walked")}

    def begin(self) -> "World":
        """Let them call: a button pressed twice, a fall that may still be taken back, and one that is being worked. And
        there is new firmware."""
        add_firmware(self.relay, BUILD)
        self.hubs["walked"].press("inactivity")
        with self.relay.client() as client:
            at = f"/api/alarms/{self.alarm_of(client, 'walked')}"
            assert client.post(f"{at}/acknowledge", json={}).status_code == 200
            goer = next(
                one["staff_id"] for one in client.get("/api/board").json()["responders"] if one["display_name"] == GOER
            )
            assert client.post(f"{at}/assign", json={"staff_id": goer, "minutes": 8}).status_code == 200
            named = self.hubs["help"].press()
            self.hubs["help"].press(alarm=named)
            self.alarm_of(client, "help")
            self.hubs["fall"].press("fall", step="pre_alarm")
            self.alarm_of(client, "fall")
        return self

    def family_address(self) -> str:
        """A link that shows the family of a home that called what happened there."""
        with self.relay.client() as client:
            at = f"/api/dwellings/{self.hubs['help'].dwelling_id}"
            home = client.get(f"/api/people/dwellings/{self.hubs['help'].dwelling_id}").json()
            made = client.post(f"{at}/family-links", json={"contact_id": home["contacts"][0]["contact_id"]})
            assert made.status_code == 200, made.text
            return urlsplit(made.json()["url"]).path

    def alarm_of(self, client: httpx.Client, part: str) -> int:
        """The open alarm of a home, waited for."""
        dwelling = self.hubs[part].dwelling_id

        def look() -> list[int]:
            alarms = client.get("/api/board").json()["alarms"]
            return [alarm["alarm_id"] for alarm in alarms if alarm["dwelling_id"] == dwelling]

        return until(look, f"the alarm of {part}")[0]

    def end(self) -> None:
        self.hubs["fall"].press("fall", alarm=1, step="cancelled")
        with self.relay.client() as client:
            clear_all(client)
