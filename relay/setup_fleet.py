"""The commands about the fleet: update-add, update-stage, hub-revoke. Errors: CannotSetUp."""

import argparse
import base64
import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from protocol import messages, package

from .clock import now_ms
from .database import Transaction
from .fleet import store as fleet_store
from .updates import store as update_store


class CannotSetUp(RuntimeError):
    """What was asked cannot be done; one sentence with the remedy."""


Work = Callable[[Transaction], str]


def _checked(arguments: argparse.Namespace) -> tuple[package.Head, bytes]:
    """A package that is whole and signed by the fleet's key. What is forged is not even kept: hubs would refuse it."""
    try:
        data = arguments.package.read_bytes()
        key = serialization.load_pem_public_key(arguments.key.read_bytes())
    except OSError as fault:
        raise CannotSetUp(f"{fault.filename} cannot be read ({fault.strerror}). Check the name.") from None
    except ValueError:
        raise CannotSetUp(f"{arguments.key} is no public key. `provisioning keygen` writes it as NAME.pub.") from None
    try:
        head = package.read(data)
        assert isinstance(key, rsa.RSAPublicKey)
        signature = data[package.HEAD_SIZE : package.LETTER_SIZE]
        key.verify(signature, data[: package.HEAD_SIZE], padding.PKCS1v15(), hashes.SHA256())
    except (messages.BadMessage, AssertionError) as fault:
        raise CannotSetUp(f"{arguments.package} is no package ({fault}). `provisioning sign` makes one.") from None
    except InvalidSignature:
        raise CannotSetUp(
            f"{arguments.package} is not signed by {arguments.key}: no hub would take it. Sign it with the fleet's key."
        ) from None
    image = data[package.LETTER_SIZE :]
    if len(image) != head.length or hashlib.sha256(image).digest() != head.digest:
        raise CannotSetUp(f"{arguments.package} is cut short or damaged. Copy it again.")
    return head, data


def update_add(arguments: argparse.Namespace) -> Work:
    head, data = _checked(arguments)

    def work(transaction: Transaction) -> str:
        newest = update_store.newest(transaction, head.variant)
        if head.build < newest:
            raise CannotSetUp(
                f"Build {head.build} is older than build {newest}, which is there: no hub goes back. Sign it again"
                " with a higher number."
            )
        if not update_store.add(transaction, head, data, now_ms()):
            raise CannotSetUp(f"Build {head.build} is there already. Give the new package a higher number.")
        name = base64.b16encode(head.digest[:4]).decode().lower()
        return f"build {head.build} ({head.version}, {head.variant}, {name}…) is there; a supervisor starts its stages"

    return work


def hub_revoke(arguments: argparse.Namespace) -> Work:
    def work(transaction: Transaction) -> str:
        found = fleet_store.revoke(transaction, arguments.hub, None, arguments.reason, now_ms())
        if found is None:
            raise CannotSetUp(f"There is no hub {arguments.hub}. `relay hub-list` shows them.")
        return (
            f"{arguments.hub} is out: no password, no line, no claim. The embedded broker cuts its line at once, and so"
            " does mosquitto where `relay broker-files --watch` runs. Its dwelling may get another hub."
        )

    return work
