"""Nobody changes what happened unseen; what a hub raised is what is stored; one alarm's life on paper."""

import pytest
from database_parts import alarm_message, rows, say
from protocol import messages, topics
from relay_parts import EPOCH

from relay import ledger
from relay.alarms import store as alarm_store
from relay.card import store as card_store
from relay.clock import now_ms
from relay.history import rules, store, worker


def verdict(database):
    with database.read() as reader:
        return store.verify(reader)


def force(database, *statements):
    """What somebody does who has the database's own key: past the guards that refuse it."""

    def work(tx):
        for sql in statements:
            tx.execute(sql)

    database.write(work).result()


def unguard(database, address, table):
    if address is None:
        force(database, f"DROP TRIGGER {table}_is_not_changed", f"DROP TRIGGER {table}_is_not_deleted")
    else:
        force(database, f"DROP TRIGGER {table}_only_grows ON {table}")


@pytest.fixture
def lived(database):
    """One alarm, taken and closed, and a look at a card."""
    say(database, topics.ALARM, alarm_message(1))
    for what, given in (("acknowledge", {}), ("clear", {"outcome": "helped"})):
        database.write(
            lambda tx, what=what, given=given: alarm_store.carry_out(
                tx, 1, "c-qinghe", what, 1, now_ms(), "with a word", **given
            )
        ).result()
    dwelling = rows(database, "SELECT dwelling_id FROM dwellings")[0]["dwelling_id"]
    database.write(
        lambda tx: card_store.log_look(tx, now_ms(), 1, "operator", "c-qinghe", dwelling, "fell", 1)
    ).result()
    database.write(lambda tx: store.note_deed(tx, now_ms(), "c-qinghe", "plan_set", 1)).result()
    database.write(lambda tx: ledger.adopt(tx, rules.SOURCES)).result()
    return database


def test_the_chain_of_what_happened_is_whole(lived):
    found = verdict(lived)
    assert found.is_whole and found.rows == 5 and len(found.head) == 64


@pytest.mark.parametrize(
    ("table", "sql", "why"),
    [
        ("alarm_history", "UPDATE alarm_history SET by = 2 WHERE what = 'clear'", "changed"),
        ("alarm_history", "UPDATE alarm_history SET at = at + 60000 WHERE what = 'raised'", "changed"),
        ("alarm_history", "DELETE FROM alarm_history WHERE what = 'acknowledge'", "gone"),
        ("card_access", "UPDATE card_access SET reason = 'nothing'", "changed"),
        ("deeds", "DELETE FROM deeds", "gone"),
        ("ledger", "DELETE FROM ledger WHERE entry = 2", "missing"),
        ("ledger", "DELETE FROM ledger WHERE entry = (SELECT max(entry) FROM ledger)", "missing"),
    ],
)
def test_whoever_tampers_breaks_the_chain(lived, address, table, sql, why):
    unguard(lived, address, table)
    force(lived, sql)
    found = verdict(lived)
    assert not found.is_whole and found.broken_at is not None and why in (found.why or "")


def test_a_row_slipped_in_by_hand_is_found(lived):
    force(lived, "INSERT INTO alarm_history (alarm_id, at, what, by, detail) VALUES (1, 5, 'acknowledge', 1, NULL)")
    found = verdict(lived)
    assert not found.is_whole and "never chained" in (found.why or "")


def test_the_database_refuses_to_change_the_ledger_and_the_looks(lived):
    for table in ("ledger", "card_access", "deeds", "alarm_history"):
        with pytest.raises(Exception, match="only grows"):
            force(lived, f"DELETE FROM {table}")


def test_rows_of_before_the_ledger_are_adopted_once(database, address):
    force(database, "INSERT INTO deeds (at, community_id, what, by) VALUES (1, 'c-qinghe', 'old', NULL)")
    assert database.write(lambda tx: ledger.adopt(tx, rules.SOURCES)).result() == 1
    assert verdict(database).is_whole
    force(database, "INSERT INTO deeds (at, community_id, what, by) VALUES (2, 'c-qinghe', 'forged', NULL)")
    assert database.write(lambda tx: ledger.adopt(tx, rules.SOURCES)).result() == 0
    assert not verdict(database).is_whole


def test_the_audit_list_names_who_did_what_and_where(lived):
    with lived.read() as reader:
        found = store.audit(reader, ["c-qinghe"], 0, 100)
        newest = store.newest_audit(reader, ["c-qinghe"], 1 << 62, 2)
        others = store.audit(reader, ["c-none"], 0, 100)
    assert [row["what"] for row in found] == ["raised", "acknowledge", "clear", "looked_at_card", "plan_set"]
    assert found[2]["by_name"] and found[2]["detail"] == "with a word" and found[3]["detail"] == "fell"
    assert found[0]["label"] and [row["what"] for row in newest] == ["plan_set", "looked_at_card"]
    assert others == []


# --- counts -------------------------------------------------------------------------------------------


def tally(seq, made, made_room=0, waiting=0):
    return messages.tally(EPOCH, seq, made, made_room, waiting)


def count(database, message):
    say(database, topics.TALLY, message)
    with database.read() as reader:
        return store.compare(reader, "hub-0001", EPOCH)


def test_counts_agree_where_all_is_stored_waits_or_had_to_make_room(database):
    for seq in (1, 2, 5):
        say(database, topics.ALARM, alarm_message(seq))
    assert count(database, tally(5, made=3)).agrees
    assert count(database, tally(7, made=5, waiting=2)).agrees
    assert count(database, tally(9, made=7, made_room=2, waiting=2)).agrees
    assert rows(database, "SELECT kind FROM technical_alarms") == []


def test_one_that_is_missing_is_a_fault_once_and_again_each_night(database, tmp_path):
    say(database, topics.ALARM, alarm_message(1))
    found = count(database, tally(4, made=2))
    assert (found.missing, found.agrees) == (1, False)
    count(database, tally(5, made=2))
    (row,) = rows(database, "SELECT kind, hub_id, detail, count FROM technical_alarms")
    assert row == {"kind": "counts_differ", "hub_id": "hub-0001", "detail": "raised 2, stored 1", "count": 1}
    from relay.services import Services

    worker.night(Services(database, tmp_path))
    (deed,) = rows(database, "SELECT what, detail FROM deeds")
    assert deed["what"] == "counts_compared" and deed["detail"].startswith("1 hubs, 1 differ; ")
    assert rows(database, "SELECT count FROM technical_alarms WHERE kind = 'counts_differ'") == [{"count": 2}]


def test_an_older_count_that_comes_late_changes_nothing(database):
    say(database, topics.ALARM, alarm_message(1))
    count(database, tally(4, made=1))
    assert count(database, tally(3, made=9)).made == 1


def test_stored_ones_that_the_hub_does_not_know_are_a_difference(database):
    for seq in (1, 2):
        say(database, topics.ALARM, alarm_message(seq))
    assert not count(database, tally(2, made=1)).agrees
