"""Messages on a serial console: ours are found whole among everything else that is printed there."""

from protocol import cable


def test_the_lines_of_others_and_damaged_ones_are_passed_over():
    message = bytes(range(256)) * 4
    line = cable.write(message)
    lines = cable.Lines()
    noise = b"hub: ready\r\n\xff\xfe\n" + b"x" * 5000 + b"\n"
    assert lines.take(noise + line[: len(line) // 2]) == []
    assert lines.take(line[len(line) // 2 :] + b"uplink: connected\n") == [message]
    changed = bytearray(line)
    changed[20] ^= 1
    for bad in (bytes(changed), line[:-3] + b"\n", b"\n~anling:\n", b"\n~anling:AA==:zzzzzzzz\n", b"\n~anling:=:0\n"):
        assert lines.take(bad) == [], bad
    assert lines.take(line) == [message], "and the next one is whole again"
