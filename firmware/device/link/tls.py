"""What a TLS connection to the broker rests on: decides the suite, the key and whom to trust; opens nothing.

psk: one key for each hub, no certificate and no clock needed; exactly one suite, so that nothing can talk the
     hub down to another. No forward secrecy: who steals a key can read what was recorded of that hub before.
tls: the broker's certificate must come from the CA of the settings and carry the broker's name. Certificates
     have dates: a hub whose clock is wrong after a power cut may refuse a good one.

Ref: RFC 4279 (pre-shared keys), RFC 5487 (the suite), MicroPython `tls` (psk_identity and psk_key need 1.29).
"""

import binascii

PSK_SUITE = "TLS-PSK-WITH-AES-128-GCM-SHA256"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class BadSecurity(Exception):
    """Security settings that cannot be used; the text names the field and the remedy, never the key."""


def make_context(broker, hub_id):
    """The context for the settings' broker; None where security is "none". Errors: BadSecurity."""
    security = broker["security"]
    if security == "none":
        return None
    import tls  # a board without TLS still runs in clear

    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    # Also with a pre-shared key: should any certificate ever be looked at, it would have to prove itself.
    context.verify_mode = tls.CERT_REQUIRED
    if security == "psk":
        _use_key(context, broker, hub_id)
    else:
        _trust(context, broker)
    return context


def _use_key(context, broker, hub_id):
    if not hasattr(context, "psk_key"):
        raise BadSecurity("broker.security: psk needs MicroPython 1.29 or newer; update the firmware")
    context.psk_identity = hub_id
    context.psk_key = binascii.unhexlify(broker["psk_hex"])
    context.set_ciphers([PSK_SUITE])


def _trust(context, broker):
    blocks = der_blocks(broker.get("ca_pem") or "")
    if not blocks:
        raise BadSecurity("broker.ca_pem: no certificate in it; run the installer again")
    for block in blocks:
        try:
            context.load_verify_locations(block)
        except (ValueError, OSError):
            raise BadSecurity("broker.ca_pem: not a certificate; run the installer again")


def der_blocks(pem):
    """The certificates of a PEM text as DER bytes: not every build of the TLS library reads PEM itself."""
    blocks = []
    for part in pem.split(_BEGIN)[1:]:
        end = part.find(_END)
        if end < 0:
            raise BadSecurity("broker.ca_pem: cut short; run the installer again")
        try:
            block = binascii.a2b_base64(part[:end].strip().replace("\n", "").replace("\r", ""))
        except ValueError:
            block = b""
        # base64 readers skip what they do not know: the certificate's own length says whether all of it is there.
        if len(block) < 4 or block[:2] != b"\x30\x82" or (block[2] << 8 | block[3]) + 4 != len(block):
            raise BadSecurity("broker.ca_pem: damaged; run the installer again")
        blocks.append(block)
    return blocks
