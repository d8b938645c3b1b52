"""Somebody else's mock of a chip's ROM (esp32-mock-bootloader) on a pty; a file keeps its flash over pulled cables.

Arguments: chip, megabytes, file of the flash, file for the pty's name, blocks until the cable is pulled (0: never)."""

import os
import sys
from pathlib import Path

from esp32_mock_bootloader import protocol, server

chip, megabytes, store, port_file, cut_after = (
    sys.argv[1],
    int(sys.argv[2]),
    Path(sys.argv[3]),
    sys.argv[4],
    int(sys.argv[5]),
)
protocol.FLASH_MOCK_SIZE = megabytes << 20
protocol.MOCK_FLASH_ID = {4: 0x164020, 8: 0x174020}[megabytes]
image = server.get_flash_image()
if len(image.data) != megabytes << 20:
    image.data = bytearray(b"\xff" * (megabytes << 20))
if store.exists():
    image.data[:] = store.read_bytes()
end, count = image.end_defl, [0]


def write_block(payload: bytes) -> None:
    count[0] += 1
    if cut_after and count[0] > cut_after:
        store.write_bytes(image.data)
        os._exit(0)
    length = int.from_bytes(payload[:4], "little")  # whole slices: byte by byte is too slow for a busy machine
    plain = image._decompressor.decompress(payload[16 : 16 + length])
    image.data[image._defl_offset : image._defl_offset + len(plain)] = plain
    image._defl_offset += len(plain)


def keep() -> None:
    end()
    store.write_bytes(image.data)


image.reset = lambda: None  # a chip does not forget its flash when it is reset
image.write_defl_block, image.end_defl = write_block, keep
server.run_pty_server(None, port_file, chip)
