"""What the faults are made of: a TLS front with a certificate that may be wrong, and a server that is none of ours."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import pathlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "broker.anling.test"


class Authority:
    """A certificate authority of this run. Shape: `pem` is what goes into a hub's settings."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anling's fault table")])
        self._now = datetime.datetime.now(datetime.timezone.utc)
        own = self._sign(self._name, self._key.public_key(), -1, 30, None)
        self.pem = own.public_bytes(serialization.Encoding.PEM).decode()

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        begin: int,
        end: int,
        names: x509.SubjectAlternativeName | None,
    ) -> x509.Certificate:
        """Valid from and until so many days from now; without names it is an authority's."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now + datetime.timedelta(days=begin))
            .not_valid_after(self._now + datetime.timedelta(days=end))
            .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
        )
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def context(self, folder: pathlib.Path, begin_days: int = -1, end_days: int = 30) -> ssl.SSLContext:
        """A server's context, valid from and until so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        certificate = self._sign(subject, key.public_key(), begin_days, end_days, names)
        path = folder / "front.pem"
        path.touch(0o600)
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(secret + certificate.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


class Front:
    """TLS towards the hub, in clear towards the broker on this machine."""

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, context: ssl.SSLContext) -> None:
        """Listen with this certificate, on the same port as before."""
        await self.stop()
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._broker_port)
            await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
        writer.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


async def stranger() -> asyncio.Server:
    """A server where a lying name server leads: it speaks, but no MQTT."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read(1000)
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(1)
        writer.transport.abort()

    return await asyncio.start_server(answer, "127.0.0.1", 0)
