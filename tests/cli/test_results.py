from __future__ import annotations

import csv
import io

from tests.cli.imported import Imported, imported

__all__ = ["imported"]


def test_rows_that_are_not_in_with_their_reason(imported: Imported) -> None:
    run = imported.sent(30, {3, 20})

    status, out, _ = imported.ztui("results", run)

    assert status == 1
    assert "line 5: refused" in out
    assert "INVALID_DATA" in out
    assert "nobody" in out
    assert out.splitlines()[-1] == "28 of 30 rows are in; 2 refused."


def test_json_shape_and_filters(imported: Imported) -> None:
    run = imported.sent(30, {3, 20})

    status, told = imported.json("results", run, "--code", "INVALID_DATA", "--start", "2", "--limit", "5")

    assert status == 1
    assert told["counts"]["skipped"] == 2
    assert {g["code"]: g["count"] for g in told["groups"]} == {"INVALID_DATA": 2, "": 28}
    [row] = told["rows"]
    assert (row["row"], row["line"], row["result"]) == (21, 22, "skipped")
    assert row["errors"][0]["fields"][0]["value"] == "nobody"
    assert imported.json("results", run, "--result", "added", "--limit", "3")[1]["rows"][0]["record_id"]


def test_files(imported: Imported) -> None:
    run = imported.sent(30, {3, 20})
    save, again = imported.world.folder / "all.csv", imported.world.folder / "again.csv"

    _, told = imported.json("results", run, "--save", str(save), "--refused", str(again))

    assert [saved["rows"] for saved in told["saved"]] == [30, 2]
    rows = list(csv.DictReader(io.StringIO(save.read_text(encoding="utf-8"), newline="")))
    assert [row["ztui_line"] for row in rows if row["ztui_result"] == "skipped"] == ["5", "22"]
    assert again.read_text(encoding="utf-8").splitlines() == [
        "Email,Name,Firm",
        "nobody,Name 3,Firm 3",
        "nobody,Name 20,Firm 6",
    ]


def test_cells_cannot_act_on_the_terminal(imported: Imported) -> None:
    imported.world.path.write_text("Email,Name,Firm\n\x1b[31mnobody,\u202ename,[/red]\n", encoding="utf-8")
    imported.world.rows = 1
    plan = imported.world.plan()
    run = imported.do(lambda runs: runs.start(plan)).run_id

    _, out, _ = imported.ztui("results", run)

    assert "\x1b" not in out
    assert "\u202e" not in out
