"""Each bad input gets its sentence, a second try goes on; and the page shows the sentences of today."""

import asyncio

import bad_inputs


def test_every_bad_input_is_answered_as_the_page_says(install_relay, tmp_path):
    relay, router_port = install_relay
    rows = asyncio.run(bad_inputs.run_all(relay, router_port, tmp_path))
    page = bad_inputs.README.read_text("utf-8")
    for row in rows:
        assert bad_inputs.named(bad_inputs.table([row]).split("\n")[3]) in page, row
    assert len(rows) == len({what for what, _, _ in rows}) >= 16
