"""The label's QR code is read back by the reader that the pages carry: whole, small, and partly torn off."""

import json
import sys
from typing import Any

import pytest
from browser_parts import ROOT, Relay
from protocol import label as letters

sys.path.append(str(ROOT))

from provisioning import label

SECRET = bytes(range(16, 32))
READ = """async ([svg, width, torn]) => {
  if (!window.jsQR) await new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: "/static/vendor/jsqr/jsQR.js", onload: done, onerror: failed });
    document.head.append(script);
  });
  const image = new Image();
  image.src = "data:image/svg+xml;base64," + btoa(unescape(encodeURIComponent(svg)));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = width * 40 / 90;
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  const [x, y, w, h] = torn.map((mm) => mm * width / 90);
  brush.fillRect(x, y, w, h);
  const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
  return window.jsQR(data, canvas.width, canvas.height)?.data ?? null;
}"""


@pytest.mark.parametrize(
    ("width", "torn"),
    [
        (900, [0, 0, 0, 0]),
        (450, [0, 0, 0, 0]),  # an old telephone's camera
        (900, [15, 19, 5, 3]),  # a scratch in the middle of it
        (900, [30, 30, 7, 7]),  # the corner without a mark torn off
    ],
)
def test_the_code_of_a_label_is_read_back_and_says_hub_and_secret(
    consoles: Any, relay: Relay, tmp_path: Any, width: int, torn: list[int]
) -> None:
    url = letters.url("https://relay.example", "h-abc23456", SECRET)
    made = {"hub_id": "h-abc23456", "claim": SECRET.hex(), "claim_text": letters.write(SECRET), "label_url": url}
    (tmp_path / "hubs").write_text(json.dumps(made))
    console = consoles()
    console.open_as(None, "/sign-in")
    read = console.page.evaluate(READ, [label.svg(label.read(tmp_path / "hubs")[0]), width, torn])
    assert read == url
    assert letters.read_url(read) == ("h-abc23456", SECRET)
