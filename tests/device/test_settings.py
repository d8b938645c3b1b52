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
