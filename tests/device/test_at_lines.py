"""Lines out of whatever a modem sends: the same however it is split, bounded, and never an exception."""

from device.modem import at
from hypothesis import given
from hypothesis import strategies as st


def all_of(pieces: list[bytes], wants_prompt: bool = False) -> list[str]:
    lines = at.Lines()
    lines.wants_prompt = wants_prompt
    return [line for piece in pieces for line in lines.receive(piece)]


def test_answers_echoes_and_words_of_its_own_come_line_by_line() -> None:
    data = b'AT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\nRING\r\n+CMTI: "SM",1\n'
    assert all_of([data]) == ["AT+CPIN?", "+CPIN: READY", "OK", "RING", '+CMTI: "SM",1']


def test_a_prompt_is_one_only_where_it_is_waited_for() -> None:
    for data in (b"\r\n> ", b"\r\n>", b">"):
        assert all_of([data], wants_prompt=True) == [at.PROMPT]
        assert all_of([data]) == []
    assert all_of([b"a > b\r\n"], wants_prompt=True) == ["a > b"]
    lines = at.Lines()
    lines.wants_prompt = True
    assert lines.receive(b"\r\n> ") == [at.PROMPT] and lines.receive(b">\r\n") == [">"]  # one, then a line


def test_a_line_without_an_end_is_thrown_away_and_the_next_one_counts() -> None:
    assert all_of([b"x" * 5000, b"\r\nOK\r\n"]) == ["OK"]
    assert all_of([b"\x00\xff\x07AT\r\n"]) == ["???AT"]


@given(st.binary(max_size=300), st.lists(st.integers(1, 20), max_size=40), st.booleans())
def test_however_it_is_split_the_lines_are_the_same(data: bytes, cuts: list[int], wants_prompt: bool) -> None:
    data = data.replace(b">", b"")  # a prompt is one as soon as it is there: see above
    pieces, rest = [], data
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    whole = all_of([data], wants_prompt)
    assert all_of([*pieces, rest], wants_prompt) == whole
    for line in whole:
        assert line == line.strip() and 0 < len(line) <= at.LINE_MAX
        at.is_final(line)
        at.numbers(line)
        at.is_registered(line)


def test_only_two_states_are_a_network() -> None:
    lines = {"+CREG: 0,1": True, "+CEREG: 0,5": True, "+CREG: 1": True, "+CREG: 0,2": False, "+CREG: 0,3": False}
    lines |= {"+CREG: 0": False, "+CREG:": False, "+CREG: x,y": False, '+CEREG: 2,1,"1A2B","0C",7': True}
    for line, is_there in lines.items():
        assert at.is_registered(line) is is_there, line
    assert at.numbers("+CIPRXGET: 3,0,12,x") == [3, 0, 12, None]
    for line in ("OK", "ERROR", "+CME ERROR: 10", "+CMS ERROR: 500", "+IP ERROR: No data"):
        assert at.is_final(line)
    assert not at.is_final("+CPIN: READY") and not at.is_fault("OK")
