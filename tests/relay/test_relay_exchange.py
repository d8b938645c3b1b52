"""Homes in and out as tables: each bad line is named, nothing is guessed, what went out comes in unchanged."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st
from office_parts import THERE, Desk

from relay.exchange import columns, rules

IMPORT = "/api/people/import"
HEAD = "estate,building,unit,floor,door,name,birth_year,contact1_name,contact1_phone,latitude,longitude,datum"
GOOD = "清河苑,21,1,3,301,王秀英,1940,王敏,13800000001,31.2304,121.4737,GCJ-02"


def _send(desk: Desk, table: str | bytes, path: str = IMPORT, status: int = 200) -> dict:
    data = table.encode() if isinstance(table, str) else table
    return desk.ask("POST", path, status, content=data, headers={"Content-Type": "text/csv"}).json()


def test_a_dry_run_names_each_bad_line_and_changes_nothing(office):
    boss = office.desk("supervisor")
    table = "\n".join([
        HEAD + ",shoe_size",
        GOOD + ",42",
        "清河苑,21,1,x,302,刘德明,1940,,,,,,",
        "清河苑,21,1,3,,无门牌,1940,,,,,,",
        "清河苑,21,1,3,303,周福生,1700,,,91,121,,",
    ])  # fmt: skip
    told = _send(boss, table, IMPORT + "?dry_run=1")
    assert (told["rows"], told["new"], told["is_kept"]) == (4, 1, False)
    assert {(one["line"], one["column"]) for one in told["bad"]} == {
        (1, "shoe_size"), (3, "floor"), (4, "door"), (5, "birth_year"), (5, "latitude")
    }  # fmt: skip
    assert all(one["problem"] and one["remedy"] for one in told["bad"])
    assert _send(boss, table)["is_kept"] is False  # with a bad line nothing is kept
    assert len(boss.get("/api/people")) == 3


def test_a_table_is_taken_in_once_and_again_changes_nothing(office):
    boss = office.desk("supervisor")
    table = "\n".join([HEAD, GOOD, "清河苑,21,1,3,301,刘德明,1938,,,,,"])
    told = _send(boss, table)
    assert (told["rows"], told["new"], told["changed"], told["bad"], told["is_kept"]) == (2, 1, 0, [], True)
    home = next(one for one in boss.get("/api/people") if one["building"] == "21")
    assert [one["name"] for one in home["residents"]] == ["王秀英", "刘德明"]
    assert home["datum_given"] == "GCJ-02" and abs(home["latitude"] - 31.2304) > 0.001
    assert home["contacts"][0]["phone"] == "13800000001" and home["label"] == "21号楼1单元301"
    again = _send(boss, table)
    assert (again["new"], again["changed"]) == (0, 0)
    assert next(one for one in boss.get("/api/people") if one["building"] == "21") == home
    moved = _send(boss, "\n".join(["dwelling_id,name,hearing,contact1_name,contact1_phone",
                                   f"{home['dwelling_id']},王秀英,重听,王伟,13800000002"]))  # fmt: skip
    assert (moved["new"], moved["changed"]) == (0, 1)
    after = boss.get(f"/api/people/dwellings/{home['dwelling_id']}")
    assert [one["name"] for one in after["contacts"]] == ["王伟", "王敏"]  # nobody is taken out by a table
    assert after["residents"][0]["hearing"] == "重听" and after["latitude"] == home["latitude"]
    assert after["residents"][0]["resident_id"] == home["residents"][0]["resident_id"]


def test_what_went_out_comes_in_unchanged_and_health_only_for_a_reason(office):
    boss = office.desk("supervisor")
    _send(boss, "\n".join([HEAD, GOOD]))
    plain = boss.ask("GET", "/api/people/export.csv")
    assert plain.headers["content-type"].startswith("text/csv") and "health_notes" not in plain.text
    assert office.rows("SELECT * FROM card_access") == []
    told = _send(boss, plain.content)
    assert (told["new"], told["changed"], told["bad"]) == (0, 0, [])
    whole = boss.ask("GET", "/api/people/export.csv", params={"reason": "搬迁"})
    assert "health_notes" in whole.text
    assert len(office.rows("SELECT * FROM card_access WHERE is_health = 1 AND reason = '搬迁'")) == 4
    told = _send(boss, whole.content)
    assert (told["new"], told["changed"], told["bad"]) == (0, 0, [])
    for role in ("operator", "installer", "auditor"):
        office.desk(role).get("/api/people/export.csv", 403)
        _send(office.desk(role), HEAD, status=403)


def test_tables_of_spreadsheets_are_read_in_gbk_with_semicolons_and_chinese_headers(office):
    boss = office.desk("supervisor")
    table = "小区;楼栋;单元;楼层;门牌;姓名;性别;出生年;健康情况\r\n清河苑;22;1;3;301;王秀英;女;1940;高血压\r\n"
    assert _send(boss, table.encode("gbk"))["new"] == 1
    form = boss.ask("POST", IMPORT, files={"file": ("a.csv", table.encode("utf-8-sig"), "text/csv")}).json()
    assert (form["new"], form["changed"]) == (0, 0)
    row = office.rows("SELECT sex, health_notes FROM residents WHERE name = '王秀英' AND birth_year = 1940")
    assert {"sex": "female", "health_notes": "高血压"} in row
    assert "none" in boss.ask("POST", IMPORT, 422, files={"other": ("a.csv", b"x")}).json()["detail"]


def test_what_is_no_table_is_refused_with_a_remedy(office):
    boss = office.desk("supervisor")
    for table in (b"", b"\xff\xfe\x00\x00", b"name\0door", b'name,door\n"open', b"\x80\x81\xff"):
        assert isinstance(_send(boss, table, status=422)["detail"], str), table
    told = _send(boss, "door,door\n1,2")
    assert {one["problem"] for one in told["bad"]} >= {"This column is there twice.", "This column is missing."}
    other = _send(office.desk("supervisor", THERE), "dwelling_id,name\nd-1-1-302,偷看")
    assert other["bad"][0]["column"] == "dwelling_id"  # another community's home is none of theirs


def test_a_cell_that_would_be_a_formula_goes_out_as_text_and_comes_back(office):
    boss = office.desk("supervisor")
    home = {"door": "1", "access_note": "=HYPERLINK(1)", "residents": [{"name": "@甲", "phone": "+8613800000001"}]}
    made = boss.post("/api/people/dwellings", home)
    out = boss.ask("GET", "/api/people/export.csv").content
    cells = [cell for row in csv.reader(io.StringIO(out.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))] and "'=HYPERLINK(1)" in cells
    assert _send(boss, out)["changed"] == 0
    assert boss.get(f"/api/people/dwellings/{made['dwelling_id']}")["access_note"] == "=HYPERLINK(1)"


def test_help_nearby_comes_in_and_goes_out_as_a_table(office):
    boss = office.desk("supervisor")
    path = "/api/surroundings/import"
    shown = boss.get("/api/surroundings")
    bad = _send(boss, "kind,name,latitude,longitude\nbank,a,1,1\nclinic,,91,x", path)
    assert {(one["line"], one["column"]) for one in bad["bad"]} == {
        (2, "kind"), (3, "name"), (3, "latitude"), (3, "longitude")
    }  # fmt: skip
    assert boss.get("/api/surroundings") == shown  # with a bad line nothing is put in its place
    table = "类型,名称,纬度,经度,坐标系,电话\n除颤仪,东门AED,31.2304,121.4737,GCJ-02,\n"
    table += "医院,社区医院,31.2,121.4,,13800000900"
    assert _send(boss, table, path)["is_kept"]
    assert [one["kind"] for one in boss.get("/api/surroundings")] == ["clinic", "defibrillator"]
    out = boss.ask("GET", "/api/surroundings/export.csv").content
    before = office.rows("SELECT kind, name, latitude, longitude, phone FROM surroundings ORDER BY name")
    assert _send(boss, out, path)["is_kept"]
    assert office.rows("SELECT kind, name, latitude, longitude, phone FROM surroundings ORDER BY name") == before
    assert len(before) == 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(data):
    try:
        rows, problems = rules.read(data, columns.COLUMNS, columns.NEEDED)
    except rules.BadTable as error:
        assert str(error).endswith(".")
    else:
        assert all(one.line >= 1 and one.remedy for one in problems) and len(rows) <= rules.ROWS_MAX
