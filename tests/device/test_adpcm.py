"""The decoder of recorded clips, on both interpreters: worked examples, every step, hostile blocks."""

from array import array

from claims import Random
from device.voice import adpcm


def decoded(block):
    out = array("h", bytes(2 * adpcm.samples_of(len(block))))
    n = adpcm.decode(block, len(block), out)
    assert n == len(out)
    return list(out)


def plain(block):
    """The recommended practice, bit by bit, as its text has it."""
    value = block[0] | block[1] << 8
    value = value - 65536 if value > 32767 else value
    index = min(block[2], 88)
    out = [value]
    for byte in block[4:]:
        for code in (byte & 15, byte >> 4):
            step = adpcm.STEPS[index]
            move = step >> 3
            if code & 1:
                move += step >> 2
            if code & 2:
                move += step >> 1
            if code & 4:
                move += step
            value = max(-32768, min(32767, value - move if code & 8 else value + move))
            index = max(0, min(88, index + (-1, -1, -1, -1, 2, 4, 6, 8)[code & 7]))
            out.append(value)
    return out


def test_a_worked_example():
    # step 7: code 7 adds 7>>3 + 7 + 7>>1 + 7>>2 = 0+7+3+1 = 11, the step goes 8 places up to 16; code 0 adds 16>>3.
    assert decoded(bytes([100, 0, 0, 0, 0x07])) == [100, 111, 113]


def test_the_tables_agree_with_the_text_on_any_block():
    chance = Random(7)
    for _ in range(300):
        block = chance.data(4 + chance.below(124))
        assert decoded(block) == plain(block)


def test_the_loudest_and_softest_blocks_stay_in_range():
    for byte in (0x77, 0xFF, 0x00, 0x88):
        block = bytes([0xFF, 0x7F, 255, 0]) + bytes([byte]) * 124
        found = decoded(block)
        assert min(found) >= -32768 and max(found) <= 32767 and found == plain(block)


def test_a_block_that_is_cut_short_gives_what_it_has():
    out = array("h", bytes(600))
    assert adpcm.decode(b"\x01\x00\x00", 3, out) == 0
    assert adpcm.decode(b"\x01\x00\x00\x00", 4, out) == 1 and out[0] == 1
