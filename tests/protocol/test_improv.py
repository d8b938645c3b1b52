"""Claims about Improv's frames: built, parsed, put together from pieces; foreign bytes are refused."""

from protocol import improv


def number_of(call, *given):
    try:
        call(*given)
    except improv.BadFrame as bad:
        return bad.number
    return None


def test_a_command_is_parsed_back():
    frame = improv.build(improv.SEND_WIFI, [b"home", b"secret \xe5\xae\x89"])
    assert improv.parse(frame) == (improv.SEND_WIFI, [b"home", b"secret \xe5\xae\x89"])
    assert improv.parse(improv.build(improv.IDENTIFY, [])) == (improv.IDENTIFY, [])


def test_a_changed_byte_is_an_invalid_frame():
    frame = improv.build(improv.SEND_WIFI, [b"home", b"secret"])
    for i in range(len(frame)):
        bad = frame[:i] + bytes((frame[i] ^ 1,)) + frame[i + 1 :]
        assert number_of(improv.parse, bad) == improv.INVALID, i
    for short in range(len(frame)):
        assert number_of(improv.parse, frame[:short]) == improv.INVALID


def test_a_text_that_reaches_beyond_its_frame_is_invalid():
    data = bytes((improv.SEND_WIFI, 2, 9, 65))
    assert number_of(improv.parse, data + bytes((sum(data) & 255,))) == improv.INVALID


def test_a_long_command_arrives_in_pieces():
    frame = improv.build(improv.SEND_WIFI, [b"a" * 32, b"b" * 63])
    pieces = improv.Pieces()
    found = [pieces.take(frame[i : i + 20], 10 * i) for i in range(0, len(frame), 20)]
    assert found[-1] == frame and found[:-1] == [None] * (len(found) - 1)
    assert pieces.take(frame, 5000) == frame, "and the next one whole"


def test_half_a_command_is_forgotten_after_a_while():
    frame = improv.build(improv.SEND_WIFI, [b"home", b"secret"])
    pieces = improv.Pieces()
    assert pieces.take(frame[:5], 0) is None
    assert pieces.take(frame, improv.STALE_MS + 1) == frame
    assert number_of(pieces.take, frame + b"x", improv.STALE_MS + 2) == improv.INVALID


def test_the_advertisement_fills_its_31_bytes_and_the_name_goes_beside_it():
    data = improv.advert(improv.AUTHORIZED)
    assert len(data) == 31 and data[3:5] == b"\x11\x07" and data[21:25] == b"\x09\x16\x77\x46"
    assert data[5:21] == bytes.fromhex("008026787427634672222862" + "68774600")
    assert data[25] == improv.AUTHORIZED and data[26] == improv.CAN
    response = improv.scan_response("Anling h-22222222 and much more of it")
    assert len(response) == 31 and response[:2] == b"\x1e\x09"
