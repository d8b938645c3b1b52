"""Claims about the settings' two slots: whatever moment the power goes, the hub has the old ones or the new ones."""

import json
import os
import time

from claims import Random, raises
from desk import Flash, PowerCut
from device.flash import settings
from device.flash.slots import HEAD, Slots


def _told(hub_id="hub-0001", pem=""):
    broker = {"host": "192.0.2.1", "port": 1883, "security": "none", "note": pem}
    return {
        "hub_id": hub_id,
        "language": "zh",
        "broker": broker,
        "wifi": [{"ssid": "home", "password": "not-a-secret"}],
        "devices": [],
    }


def _path():
    """Nobody else's: the interpreters may run at the same time, and not every one has os.urandom."""
    folder = (os.getenv("TMPDIR") if hasattr(os, "getenv") else None) or "/tmp"
    return "%s/anling-settings-%d-%d.json" % (folder, id(object()), time.time() * 1000 % 1000000000)


def _put(path, text):
    with open(path, "w") as file:
        file.write(text)


def _is_there(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def test_todays_settings_file_is_taken_over_once_and_removed():
    path, flash = _path(), Flash(8)
    _put(path, json.dumps(_told()))
    assert settings.load(Slots(flash), path) == (_told(), [])
    assert not _is_there(path)
    assert settings.load(Slots(flash), path) == (_told(), [])


def test_without_a_partition_the_file_stays_and_is_used():
    path = _path()
    _put(path, json.dumps(_told()))
    assert settings.load(None, path) == (_told(), [])
    assert _is_there(path)
    os.remove(path)


def test_a_newer_file_wins_and_a_bad_one_leaves_the_last_good_settings():
    path, flash = _path(), Flash(8)
    settings.save(Slots(flash), _told("hub-0001"))
    _put(path, json.dumps(_told("hub-0002")))
    assert settings.load(Slots(flash), path)[0]["hub_id"] == "hub-0002"
    for bad in ('{"hub_id": ', '{"hub_id": "hub-0003"}', "[]", ""):
        _put(path, bad)
        found, notes = settings.load(Slots(flash), path)
        assert found["hub_id"] == "hub-0002"
        assert len(notes) == 1 and "run the installer again" in notes[0], notes
        assert _is_there(path)  # for whoever looks why
    os.remove(path)


def test_slots_are_written_in_turn_and_the_newest_counts():
    flash = Flash(8)
    for n in range(1, 8):
        settings.save(Slots(flash), _told("hub-%04d" % n))
        found = Slots(flash).found()
        assert [generation for generation, _ in found] == ([n, n - 1] if n > 1 else [1])
    assert settings.load(Slots(flash), "/nowhere/x.json")[0]["hub_id"] == "hub-0007"


def test_a_cut_at_any_operation_leaves_the_old_settings_or_the_new_ones():
    for pem in ("", "p" * 6000):  # one block, and two
        cuts = seen_old = seen_new = 0
        for earlier in (1, 2):  # whichever slot is the old one
            flash = Flash(8)
            for n in range(earlier):
                settings.save(Slots(flash), _told("old-%d" % n))
            before = bytes(flash.data)
            for is_torn in (False, True):
                cut_after = 0
                while True:
                    flash.data[:] = before
                    flash.operations, flash.cut_after, flash.is_torn = 0, cut_after, is_torn
                    try:
                        settings.save(Slots(flash), _told("new", pem))
                        was_cut = False
                    except PowerCut:
                        was_cut = True
                    flash.cut_after = None
                    hub_id = settings.load(Slots(flash), "/nowhere/x.json")[0]["hub_id"]
                    assert hub_id in ("old-%d" % (earlier - 1), "new"), (cut_after, is_torn)
                    seen_old += hub_id != "new"
                    seen_new += hub_id == "new"
                    settings.save(Slots(flash), _told("next"))  # and the slots work on
                    assert settings.load(Slots(flash), "/nowhere/x.json")[0]["hub_id"] == "next"
                    cuts += 1
                    if not was_cut:
                        break
                    cut_after += 1
        assert cuts >= 16 and seen_old and seen_new


def test_a_cut_while_the_file_is_taken_over_loses_neither():
    path = _path()
    for is_torn in (False, True):
        for cut_after in range(6):
            flash = Flash(8)
            flash.cut_after, flash.is_torn = cut_after, is_torn
            _put(path, json.dumps(_told()))
            found, notes = settings.load(Slots(flash), path)  # PowerCut is an OSError: noted, the file is used
            assert found == _told()
            flash.cut_after = None
            assert settings.load(Slots(flash), path)[0] == _told()
            assert not _is_there(path)


def test_one_slot_written_over_and_over_in_place_would_lose_them():
    """The negative control of the cuts above."""
    lost = 0
    for cut_after in range(4):
        flash = Flash(8)
        settings.save(Slots(flash), _told("old"))
        flash.operations, flash.cut_after = 0, cut_after
        slots = Slots(flash)
        slots._read = lambda slot: None  # knows of no other slot: writes where the old settings are
        try:
            slots.write(b"{}")
        except OSError:
            pass
        flash.cut_after = None
        lost += not Slots(flash).found()
    assert lost >= 2


def test_a_bad_byte_costs_the_slot_that_it_is_in():
    random = Random(3)
    flash = Flash(8)
    settings.save(Slots(flash), _told("old"))
    settings.save(Slots(flash), _told("new"))
    before = bytes(flash.data)
    for _ in range(300):
        flash.data[:] = before
        flash.data[random.below(len(before))] ^= 1 << random.below(8)
        found, _ = settings.load(Slots(flash), "/nowhere/x.json")
        assert found["hub_id"] in ("old", "new")


def test_a_hub_without_settings_says_what_to_do():
    fault = raises(settings.SettingsFault, settings.load, Slots(Flash(8)), "/nowhere/x.json")
    assert str(fault) == "settings.json: not there; run the installer again"
    assert "nobody is called" in settings.FACTORY_SAYS


def test_settings_that_are_too_long_or_bad_are_refused_before_anything_is_erased():
    flash = Flash(8)
    settings.save(Slots(flash), _told("old"))
    erased = flash.erases
    fault = raises(settings.SettingsFault, settings.save, Slots(flash), _told("new", "p" * (16384 - HEAD)))
    assert "16368" in str(fault)
    raises(settings.SettingsFault, settings.save, Slots(flash), {"hub_id": "x"})
    assert flash.erases == erased
    assert "less than two blocks" in str(raises(ValueError, Slots, Flash(1)))
    assert settings.slots_of(Flash(1)) is None and settings.slots_of(None) is None


def test_a_modem_s_number_and_pin_can_carry_no_command():
    good = {"number": "+8613800000100", "key": "00" * 16, "apn": "cmnet", "pin": "1234"}
    settings.check(dict(_told("a"), modem=good))
    settings.check(dict(_told("a"), modem=None))
    for field, value in (
        ("number", '1";+CFUN=0'),
        ("number", ""),
        ("number", None),
        ("number", "1" * 16),
        ("key", "00"),
        ("key", None),
        ("pin", "12a4"),
        ("pin", 1234),
        ("apn", 'x"\r'),
        ("apn", ""),
    ):
        fault = raises(settings.SettingsFault, settings.check, dict(_told("a"), modem=dict(good, **{field: value})))
        assert "modem." + field in str(fault), (field, value)
    assert "modem" in str(raises(settings.SettingsFault, settings.check, dict(_told("a"), modem=[])))


NOT_TEXT, NOT_LIST, NOT_OBJECT = (5, [], {}, True), (5, "x", {}, None), (5, "x", True)
WRONG_TYPES = (
    ("hub_id", (None, 5, [], {}, "", "Hub", "a" * 33, "a/b")),
    ("language", (None, 5, [], "fr")),
    ("pre_alarm_s", (None, "20", [], 4, 121, 20.5, True)),
    ("utc_offset_min", (None, "x", [], 900, 1.5)),
    ("inactivity", NOT_OBJECT + (None, {"day_min": "720"}, {"bed_min": 721}, {"back_s": -1}, {"back_s": []})),
    ("inactivity", ({"other_min": "x"}, {"other_min": 30}, {"day_min": True})),
    ("voice", NOT_OBJECT + (None, [], {"volume": 0}, {"volume": "5"}, {"dialect": "../x"}, {"dialect": 5})),
    ("ntp", (5, "x", [], {}, {"host": 5}, {"host": "x", "port": "123"}, {"host": "x", "port": 0}, True)),
    ("weekly_test", (5, "x", [], {}, {"weekday": 7, "hour": 0}, {"weekday": 0, "hour": "9"}, True)),
    ("weekly_test", ({"weekday": True, "hour": 1},)),
    ("neighbours", NOT_OBJECT + ([], {}, {"stairwell_key": 5, "carry_key": "00" * 16})),
    ("modem", NOT_OBJECT),
    ("wifi", NOT_LIST + ([], [5], [{}], [{"ssid": "", "password": ""}], [{"ssid": "x"}])),
    ("wifi", ([{"ssid": "x" * 33, "password": ""}], [{"ssid": "x", "password": 5}])),
    ("wifi", ([{"ssid": "x", "password": "y" * 65}],)),
    ("broker", NOT_OBJECT + (None, [], {})),
    ("devices", NOT_LIST + ([5], [{}], [{"id": 5, "kind": "button"}], [{"id": "00" * 6, "kind": []}])),
    ("devices", ([{"id": "00" * 6, "kind": {}}], [{"id": "00" * 6, "kind": "button", "key": 5}])),
    ("devices", ([{"id": "00" * 6, "kind": "button", "watch": []}], [{"id": "00" * 6, "kind": "x"}])),
)
BROKER_TYPES = (
    ("host", (None, 5, [], "")),
    ("port", (None, "1883", 0, 65536, [], 1.5, True)),
    ("security", (None, 5, [], "ssl")),
    ("user", NOT_TEXT),
    ("password", NOT_TEXT + ("x" * 257,)),
    ("server_name", NOT_TEXT),
)


def test_a_field_of_the_wrong_type_is_refused_by_its_name_and_never_raises_anything_else():
    settings.check(_told())
    for field, values in WRONG_TYPES:
        for value in values:
            told = _told()
            told[field] = value
            fault = raises(settings.SettingsFault, settings.check, told)
            assert field in str(fault) and settings.REMEDY in str(fault), (field, value)
    for field, values in BROKER_TYPES:
        for value in values:
            told = _told()
            told["broker"][field] = value
            assert "broker." + field in str(raises(settings.SettingsFault, settings.check, told)), (field, value)
    for bad in (None, 5, "x", [], True):
        raises(settings.SettingsFault, settings.check, bad)


def test_a_device_that_is_named_twice_is_refused():
    """Siren and kernel would each believe another of its keys."""
    device = {"id": "a4c138000001", "kind": "button", "key": "00" * 16}
    told = dict(_told(), devices=[device, dict(device, id="A4C138000001", key="11" * 16)])
    assert "devices[1].id" in str(raises(settings.SettingsFault, settings.check, told))
    many = [dict(device, id="a4c1380000%02x" % n) for n in range(settings.DEVICES_MAX + 1)]
    assert "64" in str(raises(settings.SettingsFault, settings.check, dict(_told(), devices=many)))
    settings.check(dict(_told(), devices=many[:-1]))


def test_a_file_of_whatever_bytes_leaves_the_last_good_settings():
    """A start that raised over it would raise at every start."""
    path, flash = _path(), Flash(8)
    settings.save(Slots(flash), _told("good"))
    random = Random(11)
    whole = json.dumps(_told("bad")).encode()
    flipped = [bytearray(whole) for _ in range(40)]
    for one in flipped:
        one[random.below(len(one))] ^= 0x80  # no longer UTF-8, or no longer JSON
    deep = (b"[" * 5000, b'{"a":' * 3000, b'{"hub_id":' + b"[" * 3000)
    for bad in (b"\xff\xfe", b"\x00" * 100, b"x" * 30000, random.data(300), whole[:-1]) + deep + tuple(flipped):
        with open(path, "wb") as file:
            file.write(bad)
        found, notes = settings.load(Slots(flash), path)
        assert found["hub_id"] == "good" and "settings" in notes[0], bad[:20]
        assert ("more than 20000 bytes" in notes[0]) == (len(bad) > settings.FILE_MAX)
    os.remove(path)
