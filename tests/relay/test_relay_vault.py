"""Secrets lie in the database sealed; the key is a file apart from it; a new key seals them anew."""

import sqlite3
import stat

import pytest
from relay_parts import fresh_copy, relay_command

from relay import vault
from relay.app import SECRETS, open_database
from relay.clock import now_ms
from relay.hubs import store as hub_store
from relay.keys import Keys, new_key
from relay.webhooks import store as webhook_store

CARRIER, OTHER = "hub-0001", "hub-0002"


@pytest.fixture
def made(database):
    """A secret of each kind, as it is in clear: (table, column) → text."""
    psk = database.write(lambda tx: hub_store.make_psk(tx, CARRIER)).result()
    stairs = database.write(lambda tx: hub_store.set_stairwell(tx, CARRIER, "1-1")).result()
    sms = database.write(lambda tx: hub_store.set_modem(tx, CARRIER)).result()
    add = webhook_store.add
    hook = database.write(lambda tx: add(tx, "c-qinghe", "http://x.example/", ["alarm"], 1, now_ms())).result()
    return {"psk": psk, "carry": stairs["carry_key"], "stairs": stairs["stairwell_key"], "sms": sms} | {
        "hook": hook["secret"]
    }


def opened(database):
    with database.read() as reader:
        hook = reader.row("SELECT * FROM webhooks")
        return {
            "psk": next(row["psk_hex"] for row in hub_store.psks(reader) if row["hub_id"] == CARRIER),
            "carry": hub_store.carry_key(reader, CARRIER),
            "sms": hub_store.sms_key(reader, CARRIER),
            "hook": webhook_store.secret_of(reader, hook),
        }


def lying(database):
    """Everything in the database, as text."""
    with database.read() as reader:
        return "\n".join(str(row) for one in SECRETS for row in reader.rows(f"SELECT * FROM {one.table}"))


def test_what_lies_in_the_database_and_in_its_copies_opens_nothing(database, made, tmp_path):
    found = lying(database)
    assert all(secret not in found for secret in made.values()) and found.count(vault.MARK) > len(made)
    assert opened(database) == {name: made[name] for name in ("psk", "carry", "sms", "hook")}
    copy = tmp_path / "copy"
    database.backup(copy)
    with database.restored(copy) as there:
        assert lying(there) == found
        with pytest.raises(vault.Locked):
            opened(there)
    data, key = copy.read_bytes(), Keys(tmp_path / "secrets.key").lines()[0]
    assert all(secret.encode() not in data for secret in (*made.values(), key))
    assert stat.S_IMODE((tmp_path / "secrets.key").stat().st_mode) == 0o600


def test_without_the_key_or_with_another_one_nothing_opens_and_the_remedy_is_named(database, made, tmp_path):
    path = tmp_path / "secrets.key"
    kept = path.read_text()
    for wrong in (None, new_key() + "\n", "not a key\n", ""):
        path.unlink(missing_ok=True)
        if wrong is not None:
            path.write_text(wrong)
        with database.read() as reader, pytest.raises(vault.Locked, match=r"secrets\.key is missing or another"):
            vault.check(reader)
        with pytest.raises(vault.Locked):
            opened(database)
        with pytest.raises(vault.Locked):  # and nothing is sealed with another key
            database.write(lambda tx: hub_store.make_psk(tx, OTHER)).result()
    path.write_text(kept)
    assert opened(database)["psk"] == made["psk"]


def test_a_secret_in_another_ones_row_does_not_open(database, made):
    database.write(lambda tx: hub_store.make_psk(tx, OTHER)).result()
    take = f"(SELECT psk_hex FROM psks WHERE hub_id = '{CARRIER}')"
    database.write(lambda tx: tx.execute(f"UPDATE psks SET psk_hex = {take} WHERE hub_id = '{OTHER}'")).result()
    with database.read() as reader, pytest.raises(vault.Locked):
        hub_store.psks(reader)


def test_a_new_key_opens_all_and_the_old_one_nothing(database, made, tmp_path):
    before = opened(database)
    old, sealed = (tmp_path / "secrets.key").read_text(), lying(database)
    assert vault.rotate(database, SECRETS, has_old=True) >= len(made)
    assert len(Keys(tmp_path / "secrets.key").lines()) == 2 and opened(database) == before
    assert vault.rotate(database, SECRETS) >= len(made)
    assert len(Keys(tmp_path / "secrets.key").lines()) == 1 and opened(database) == before and lying(database) != sealed
    (tmp_path / "secrets.key").write_text(old)
    with pytest.raises(vault.Locked):
        opened(database)


def test_a_crash_amid_a_new_key_leaves_all_open(database, made, tmp_path, monkeypatch):
    before = opened(database)

    def crash(*_):
        raise OSError("no more power")

    monkeypatch.setattr(vault, "seal_all", crash)
    with pytest.raises(OSError):
        vault.rotate(database, SECRETS)
    assert opened(database) == before  # sealed with the old key, which is still in the file
    monkeypatch.undo()
    write = Keys.write
    monkeypatch.setattr(Keys, "write", lambda self, keys: write(self, keys) if len(keys) > 1 else crash())
    with pytest.raises(OSError):
        vault.rotate(database, SECRETS)
    assert opened(database) == before
    monkeypatch.undo()
    vault.rotate(database, SECRETS)
    assert opened(database) == before


def test_secrets_of_before_the_vault_are_sealed_when_the_database_is_opened(database, made, tmp_path, address):
    tell = f"UPDATE psks SET psk_hex = '{'ab' * 32}' WHERE hub_id = '{CARRIER}'"
    database.write(lambda tx: tx.execute(tell)).result()
    database.close()
    one = open_database(tmp_path, address)
    assert "abab" not in lying(one) and opened(one)["psk"] == "ab" * 32
    one.close()


def test_a_relay_without_its_key_says_so_and_does_not_begin(sample_folder, tmp_path):
    fresh_copy(sample_folder, tmp_path)
    (tmp_path / "secrets.key").rename(tmp_path / "kept-elsewhere")
    gone = relay_command("serve", "--port", "0", "--broker-port", "0", data=tmp_path)
    assert gone.returncode == 2 and gone.stderr.count("\n") == 1
    assert "secrets.key is missing" in gone.stderr and "--secrets-key" in gone.stderr
    listed = relay_command("hub-list", data=tmp_path)  # what needs no secret goes on
    assert listed.returncode == 0
    made = relay_command("hub-make", data=tmp_path)
    assert made.returncode == 2 and made.stderr.count("\n") == 1
    key = str(tmp_path / "kept-elsewhere")
    rotated = relay_command("secrets-rotate", "--secrets-key", key, data=tmp_path)
    assert rotated.returncode == 0 and "sealed with a new key" in rotated.stdout
    assert relay_command("hub-make", "--secrets-key", key, data=tmp_path).returncode == 0
    raw = sqlite3.connect(tmp_path / "relay.db")
    assert not raw.execute("SELECT 1 FROM psks WHERE psk_hex NOT LIKE 'sealed:%'").fetchone()
    raw.close()
