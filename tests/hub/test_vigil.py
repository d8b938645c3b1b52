"""Claims about the watch over the hub's own parts."""

from hub import vigil


def test_all_alive_may_feed_and_each_silent_part_is_named_at_its_own_limit():
    for part, limit_ms in vigil.LIMITS_MS.items():
        watch = vigil.Vigil(list(vigil.LIMITS_MS), 0)
        for other in vigil.LIMITS_MS:
            if other != part:
                watch.showed(other, limit_ms + 1)
        assert watch.may_feed(limit_ms), part
        assert watch.silent(limit_ms + 1) == [part]
        assert not watch.may_feed(limit_ms + 1)
        watch.showed(part, limit_ms + 1)
        assert watch.may_feed(limit_ms + 1)


def test_a_part_that_this_hub_has_not_starves_nothing():
    watch = vigil.Vigil([vigil.LOOP], 0)
    watch.showed(vigil.UPLINK, 5)
    watch.showed(vigil.LOOP, 900000)
    assert watch.silent(900000) == []


def test_several_silent_parts_are_sorted():
    watch = vigil.Vigil(list(vigil.LIMITS_MS), 0)
    assert watch.silent(10**9) == sorted(vigil.LIMITS_MS)
