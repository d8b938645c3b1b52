"""Makes the key of a fleet and signs packages of firmware with it.

The private key never lies in this repository: `new_key` refuses to write it there. Who has it can put any program into
every hub of the fleet; keep it on a machine without a network, and a copy of it in a safe.

Errors: CannotSign, one sentence with the remedy.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from protocol import messages, package, signature

ROOT = Path(__file__).resolve().parent.parent
BITS = 8 * signature.SIZE
MICROPYTHON = (1, 29)  # the least that runs this tree: TLS by pre-shared key


class CannotSign(Exception):
    """What was asked cannot be done; one sentence with the remedy."""


def new_key(path: Path, password: bytes | None) -> rsa.RSAPrivateKey:
    """Make a key and write it to `path` (private, 0600) and `path`.pub. Errors: CannotSign."""
    path = path.resolve()
    if path.is_relative_to(ROOT):
        raise CannotSign(f"{path} is in the repository; a private key does not belong there. Name a place outside it")
    if path.exists():
        raise CannotSign(f"{path} is there already. Choose another name: a key that is written over is lost")
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    data = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        public_path(path).write_bytes(public_pem(key.public_key()))
    except OSError as fault:
        raise CannotSign(f"{path} cannot be written ({fault.strerror}). Name another place") from None
    return key


def public_path(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def public_pem(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def load_key(path: Path, password: bytes | None) -> rsa.RSAPrivateKey:
    """The private key in this file. Errors: CannotSign."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password)
    except OSError as fault:
        raise CannotSign(f"The key {path} cannot be read ({fault.strerror}). Name it with --key") from None
    except TypeError:
        raise CannotSign(f"The key {path} has a password, or was given one that it has not. Try again") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CannotSign(f"{path} is no private key, or its password is wrong. Make one with keygen") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != BITS or key.public_key().public_numbers().e != 65537:
        raise CannotSign(f"{path} is not an RSA key of {BITS} bits with exponent 65537. Make one with keygen")
    return key


def load_public(path: Path) -> rsa.RSAPublicKey:
    """The public key in this file. Errors: CannotSign."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as fault:
        raise CannotSign(f"The key {path} cannot be read ({fault.strerror}). keygen writes it as NAME.pub") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CannotSign(f"{path} is no public key. keygen writes it as NAME.pub") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != BITS or key.public_numbers().e != 65537:
        raise CannotSign(f"{path} is not an RSA key of {BITS} bits with exponent 65537. Make one with keygen")
    return key


def modulus(key: rsa.RSAPublicKey) -> bytes:
    """What a hub keeps of a public key."""
    return key.public_numbers().n.to_bytes(signature.SIZE, "big")


def sign(
    image: bytes,
    build: int,
    version: str,
    variant: str,
    key: rsa.RSAPrivateKey,
    micropython: tuple[int, int] = MICROPYTHON,
) -> bytes:
    """A whole package. Errors: CannotSign for what no hub would take."""
    head = package.Head(build, len(image), micropython, variant, version, hashlib.sha256(image).digest())
    packed = package.pack(head)
    try:
        package.read(packed)
    except messages.BadMessage as fault:
        raise CannotSign(f"No hub would take this ({fault}). Mend it and sign again") from None
    return packed + key.sign(packed, padding.PKCS1v15(), hashes.SHA256()) + image


def check(data: bytes, key: rsa.RSAPublicKey | None) -> package.Head:
    """The head of a package that is whole, and signed by this key. Errors: CannotSign."""
    try:
        head = package.read(data)
    except messages.BadMessage as fault:
        raise CannotSign(f"This is no package ({fault}). Make one with `provisioning sign`") from None
    letter, image = data[: package.LETTER_SIZE], data[package.LETTER_SIZE :]
    if len(image) != head.length or hashlib.sha256(image).digest() != head.digest:
        raise CannotSign("This package is cut short or damaged. Copy it again")
    if key is not None:
        try:
            key.verify(letter[package.HEAD_SIZE :], letter[: package.HEAD_SIZE], padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise CannotSign("This package is not signed by that key. Sign it with the fleet's own") from None
    return head
