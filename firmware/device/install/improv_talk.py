"""Improv's commands, answered: identify, about this hub, networks in reach, join this one. Anybody's client may ask.

Ref: protocol/improv.py.
"""

from protocol import improv


class ImprovTalk:
    """Shape: `server` install.server.Server; `host` install.window.Window: is_authorized, join, say, about."""

    def __init__(self, server, host):
        self._server = server
        self._host = host
        self.pieces = improv.Pieces()

    async def take(self, data, now_ms):
        """What was written to the command characteristic."""
        server = self._server
        try:
            frame = self.pieces.take(data, now_ms)
            if frame is None:
                return
            command, texts = improv.parse(frame)
            answer = _COMMANDS.get(command)
            if answer is None:
                raise improv.BadFrame(improv.UNKNOWN_COMMAND, "command")
            if command != improv.DEVICE_INFO and not self._host.is_authorized():
                raise improv.BadFrame(improv.NOT_AUTHORIZED, "window closed")
            server.show_error(improv.NO_ERROR)
            await answer(self, texts)
        except improv.BadFrame as bad:
            server.show_error(bad.number)

    async def _identify(self, texts):
        self._host.say("identify")

    async def _about(self, texts):
        about = [text.encode() for text in self._host.about()]
        self._server.tell_result(improv.build(improv.DEVICE_INFO, about))

    async def _networks(self, texts):
        """The strongest first, as many as one notification carries."""
        texts = []
        size = 3
        for name, rssi_dbm, is_closed in self._host.networks():
            row = [name, b"%d" % rssi_dbm, b"YES" if is_closed else b"NO"]
            size += sum([len(text) + 1 for text in row])
            if size > min(self._server.room, improv.FRAME_MAX):
                break
            texts += row
        self._server.tell_result(improv.build(improv.SCAN_WIFI, texts))

    async def _join(self, texts):
        if len(texts) != 2 or not texts[0]:
            raise improv.BadFrame(improv.INVALID, "name and password")
        try:
            network = {"ssid": texts[0].decode(), "password": texts[1].decode()}
        except (ValueError, UnicodeError):
            raise improv.BadFrame(improv.INVALID, "not UTF-8")
        self._server.show(improv.PROVISIONING)
        fault = await self._host.join(network)
        if fault is not None:
            self._server.show(improv.AUTHORIZED)
            raise improv.BadFrame(improv.UNABLE_TO_CONNECT, fault)
        self._server.show(improv.PROVISIONED)
        self._server.tell_result(improv.build(improv.SEND_WIFI, []))


_COMMANDS = {
    improv.IDENTIFY: ImprovTalk._identify,
    improv.DEVICE_INFO: ImprovTalk._about,
    improv.SCAN_WIFI: ImprovTalk._networks,
    improv.SEND_WIFI: ImprovTalk._join,
}
