"""The proof of a short message against another implementation of HMAC, and texts that nobody thought of."""

import hashlib
import hmac

from hypothesis import example, given
from hypothesis import strategies as st
from protocol import messages, sms


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@given(st.binary(min_size=1, max_size=64), st.text("abcz09-", min_size=1, max_size=32), st.binary(max_size=60))
def test_the_tag_is_an_hmac_cut_short(key: bytes, hub_id: str, body: bytes) -> None:
    whole = hmac.new(key, b"AL1" + hub_id.encode() + b"\0" + body, "sha256").digest()
    assert sms._tag(sha256, key, hub_id, body) == whole[: sms.TAG_LENGTH]


@given(st.text(max_size=200))
@example("AL1 hub-0001 " + "A" * 52)
@example("AL1 hub-0001 " + "é" * 52)
@example("\ud800")
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for candidate in (text, "AL1 hub-0001 " + text):
        try:
            sms.read(sha256, bytes(16), candidate)
        except messages.BadMessage:
            continue
        raise AssertionError(candidate)
