"""Claims about the reflex: it sounds for new presses only, allocates nothing, and always leaves its bytes behind."""

from claims import Random, aes
from desk import KEY, KEYED, PLAIN, beacon, plain_press, press, sealed
from hub.senses import sensors
from hub.senses.reflex import DATA_MAX, RECORD, Ears, Reflex

try:
    from micropython import RingIO, heap_lock, heap_unlock
except ImportError:

    class RingIO:
        """The part of micropython.RingIO that is used here."""

        def __init__(self, size):
            self._data = b""
            self._size = size - 1

        def any(self):
            return len(self._data)

        def write(self, data):
            assert len(self._data) + len(data) <= self._size
            self._data += bytes(data)

        def read(self, size):
            out, self._data = self._data[:size], self._data[size:]
            return out

    def heap_lock():
        return 0

    def heap_unlock():
        return 0


class Counter:
    """Counts calls without allocating."""

    def __init__(self):
        self.count = 0

    def call(self):
        self.count += 1


class Rig:
    """Ears with a keyed and a plain button, as device/app.py joins them."""

    def __init__(self, mark=sensors.NO_MARK):
        self.sound, self.light = Counter(), Counter()
        buttons = [(bytes.fromhex(KEYED), aes(KEY), mark), (bytes.fromhex(PLAIN), None, sensors.NO_MARK)]
        self.reflex = Reflex(buttons, self.sound.call, self.light.call)
        self.urgent, self.ring = RingIO(RECORD * 4 + 1), RingIO(RECORD * 8 + 1)
        self.ears = Ears(self.reflex, self.urgent, self.ring, RECORD * 4, RECORD * 8)

    def hear(self, address, frame, now_ms=0):
        """Give one advert under a locked heap. True when siren and lamp went on."""
        before = self.sound.count
        advert = memoryview(b"\x02\x01\x06" + bytes([len(frame) + 3, 0x16, 0xD2, 0xFC]) + frame)
        source = memoryview(bytes.fromhex(address))
        heap_lock()
        try:
            self.ears.hear(source, -60, advert, now_ms)
        finally:
            heap_unlock()
        assert self.sound.count == self.light.count
        return self.sound.count > before


def test_a_new_press_sounds_and_its_broadcast_does_not_sound_again():
    rig = Rig()
    assert rig.hear(KEYED, press(5)) and not rig.hear(KEYED, press(5))
    assert rig.hear(KEYED, press(6))
    assert rig.hear(PLAIN, plain_press(9)) and not rig.hear(PLAIN, plain_press(9), 3600000)
    assert rig.hear(PLAIN, plain_press(10))


def test_beacons_unknown_devices_and_old_counters_do_not_sound():
    rig = Rig()
    assert not rig.hear(KEYED, beacon(5))
    assert rig.hear(KEYED, press(50))
    for counter in (50, 49, 1, 0):
        assert not rig.hear(KEYED, press(counter))
    assert not rig.hear("ffffffffffff", plain_press(1))
    assert not rig.hear(KEYED, bytes.fromhex("443a01"))
    assert not rig.hear(KEYED, press(51, 0)) and not rig.hear(KEYED, press(52, 0x81))


def test_the_counter_is_compared_as_a_whole_number():
    for last, new, sounds in (
        (255, 256, True),
        (256, 255, False),
        (0x00FFFFFF, 0x01000000, True),
        (0xFFFFFFFE, 1, False),
    ):
        rig = Rig(bytes([1]) + bytes([last >> s & 255 for s in (0, 8, 16, 24)]))
        assert rig.hear(KEYED, press(new)) == sounds, (last, new)


def test_every_button_event_sounds():
    rig = Rig()
    for n, event in enumerate((1, 2, 3, 4, 5, 6, 0x80, 0xFE, 0x07)):
        assert rig.hear(KEYED, press(100 + n, event)), event


def test_a_button_without_packet_id_sounds_again_only_after_a_silence():
    rig = Rig()
    frame = bytes.fromhex("443a01")
    assert rig.hear(PLAIN, frame, 0)
    for now_ms in range(1000, 60000, 9000):
        assert not rig.hear(PLAIN, frame, now_ms)
    assert rig.hear(PLAIN, frame, 80000)


def test_what_it_sounds_for_lies_whole_in_the_urgent_ring():
    rig = Rig()
    rig.hear(KEYED, press(5))
    record = rig.urgent.read(RECORD)
    assert record[:6] == bytes.fromhex(KEYED) and record[6] - 128 == -60 and record[7] == 1
    assert record[9 : 9 + record[8]] == press(5)
    rig.hear(KEYED, beacon(6))
    assert rig.ring.any() == RECORD and rig.urgent.any() == 0


def test_a_full_ring_of_chatter_cannot_keep_a_press_out():
    rig = Rig()
    for n in range(100):
        rig.hear("ffffffffffff", plain_press(n))
    assert rig.ears.dropped == 92 and rig.ring.any() == RECORD * 8
    assert rig.hear(KEYED, press(5))
    assert rig.urgent.any() == RECORD


def test_a_full_urgent_ring_still_sounds():
    rig = Rig()
    for n in range(10):
        assert rig.hear(KEYED, press(5 + n))
    assert rig.urgent.any() == RECORD * 4 and rig.ears.dropped == 6


def test_a_forged_press_sounds_once_and_the_kernel_puts_the_counter_right():
    rig = Rig()
    assert rig.hear(KEYED, press(5))
    forged = bytearray(press(0xFFFFFFF0))
    forged[-1] ^= 1
    assert rig.hear(KEYED, bytes(forged))
    assert not rig.hear(KEYED, press(6))
    rig.reflex.believe(bytes.fromhex(KEYED), bytes([1, 5, 0, 0, 0]))
    assert rig.hear(KEYED, press(6))


def test_any_bytes_leave_the_reflex_whole():
    rig = Rig()
    random = Random(17)
    for n in range(3000):
        address = (KEYED, PLAIN, "ffffffffffff")[random.below(3)]
        frame = bytes([(0x44, 0x45, 0x47, 0x40, random.below(256))[random.below(5)]]) + random.data(random.below(24))
        rig.hear(address, frame, n)
        rig.ring.read(RECORD * 8)
        rig.urgent.read(RECORD * 4)


def test_the_reflex_and_the_kernel_agree_on_what_a_press_is():
    random = Random(23)
    agreed = 0
    for _ in range(1500):
        plain = random.data(2 + random.below(12))
        if random.below(2):
            plain = bytes([0x00, random.below(256), 0x3A, random.below(9)]) + plain[:8]
        counter = 1 + random.below(1 << 20)
        for address, frame, key in ((KEYED, sealed(plain, counter), KEY), (PLAIN, b"\x44" + plain, None)):
            device = sensors.Device(address, "button", aes(key) if key else None, None, None)
            heard = sensors.hear(device, frame, 0)
            assert Rig().hear(address, frame) == (heard.activation is not None), frame
            agreed += heard.activation is not None
    assert agreed > 500


def test_a_frame_longer_than_a_record_is_counted():
    rig = Rig()
    assert not rig.hear(PLAIN, b"\x44" + b"\x01\x05" * DATA_MAX)
    assert rig.ears.dropped == 1
