"""Claims about the label of a hub: what is written is read, misread letters too, and nothing else."""

from protocol import label

SECRET = bytes(range(0x10, 0x20))


def refusal(text, read=label.read):
    try:
        read(text)
    except label.BadLabel as bad:
        return str(bad)
    raise AssertionError("read without a word")


def test_what_is_written_is_read_again():
    for secret in (SECRET, bytes(16), b"\xff" * 16, bytes([7 * n & 255 for n in range(16)])):
        text = label.write(secret)
        assert len(text.replace("-", "")) == label.LETTERS
        assert label.read(text) == secret
        assert label.read(text.lower().replace("-", " ")) == secret


def test_letters_that_people_misread_are_read_as_meant():
    text = label.write(bytes([0x73, 0x9C, 0x41] * 5 + [0x42]))
    wrong = text.replace("O", "0").replace("I", "1").replace("B", "8")
    assert wrong != text
    assert label.read(wrong) == label.read(text)


def test_a_torn_label_is_told_with_the_remedy_and_without_the_secret():
    text = label.write(SECRET)
    for torn in (text[:-3], text[5:], text + "AA", ""):
        said = refusal(torn)
        assert "26" in said and "bench" in said
        assert torn == "" or torn not in said
    assert "2 to 7" in refusal(text[:-1] + "9")


def test_a_last_letter_with_bits_that_cannot_be_is_refused():
    assert "last letter" in refusal(label.write(bytes(16))[:-1] + "B")


def test_the_code_on_the_label_leads_to_the_installers_page_and_back():
    url = label.url("https://relay.example/", "h-2", SECRET)
    assert url.startswith("https://relay.example/install#h-2.")
    assert label.read_url(url) == ("h-2", SECRET)
    assert label.read_url("h-2 " + label.write(SECRET)) == ("h-2", SECRET)
    for foreign in ("https://elsewhere.example/x", "", "h-2", "H_2 " + label.write(SECRET)):
        assert "no label" in refusal(foreign, label.read_url)
