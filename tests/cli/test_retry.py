from __future__ import annotations

from dataclasses import replace

from tests.cli.imported import Imported, imported
from ztui.errors import ApiError

__all__ = ["imported"]


def typing_slips(imported: Imported) -> str:
    imported.world.path.write_text(
        "Email,Name,Firm\na@example.org,A,F\nb(at)example.org,B,F\nc(at)example.org,C,F\nnobody,D,F\n", encoding="utf-8"
    )
    imported.world.rows = 4
    plan = imported.world.plan()
    return imported.do(lambda runs: runs.start(plan)).run_id


def test_offers_are_listed(imported: Imported) -> None:
    run = typing_slips(imported)

    status, out, _ = imported.ztui("retry", run)

    assert status == 1
    assert "--fix Email:clean_email" in out
    _, told = imported.json("retry", run)
    assert told["refused"] == 3
    offer = next(o for o in told["offers"] if o["kind"] == "clean_email")
    assert (offer["field"], offer["rows"]) == ("Email", 2)
    assert offer["examples"][0] == {"before": "b(at)example.org", "after": "b@example.org"}


def test_a_fix_sends_only_what_it_mends(imported: Imported) -> None:
    run = typing_slips(imported)

    status, out, err = imported.ztui("retry", run, "--fix", "Email:clean_email", "--yes")

    assert status == 0
    assert "1 refused row still wants mending" in err
    assert "3 of 4 rows are in; 1 refused." in out
    assert len(imported.world.zoho.records) == 3


def test_fix_all_takes_no_destructive_repair(imported: Imported) -> None:
    run = typing_slips(imported)
    status, job = imported.json("retry", run, "--fix-all", "--yes")
    assert (status, job["rows"], job["parent_run"]) == (0, 2, run)


def test_an_unknown_fix_says_what_is_on_offer(imported: Imported) -> None:
    run = typing_slips(imported)
    status, _, err = imported.ztui("retry", run, "--fix", "polish", "--yes")
    assert status == 2
    assert "Email:clean_email" in err


def test_corrected_files_are_taken(imported: Imported) -> None:
    run = imported.sent(30, {3, 20})
    again = imported.world.folder / "again.csv"
    imported.ztui("results", run, "--refused", str(again))
    text = again.read_text(encoding="utf-8").replace("nobody,Name 3,", "three@example.org,Name 3,")
    again.write_text(text.replace("nobody,Name 20,", "twenty@example.org,Name Twenty,"), encoding="utf-8")

    status, out, _ = imported.ztui("retry", run, "--edits", str(again), "--yes")

    assert status == 0
    assert "30 rows, all in." in out
    assert {"Name Twenty"} <= {str(r.values["Last_Name"]) for r in imported.world.zoho.records.values()}


def test_corrections_by_line_number(imported: Imported) -> None:
    run = imported.sent(30, {3, 20})
    save = imported.world.folder / "all.csv"
    imported.ztui("results", run, "--save", str(save))
    text = save.read_text(encoding="utf-8").replace("nobody,Name 20,", "twenty@example.org,Name 20,")
    save.write_text(text, encoding="utf-8")

    status, job = imported.json("retry", run, "--edits", str(save), "--yes")

    assert (status, job["counts"]["added"]) == (0, 1)


def test_corrections_that_cannot_be_told_are_refused(imported: Imported) -> None:
    run = imported.sent(30, {3, 20})
    wrong = imported.world.folder / "wrong.csv"
    wrong.write_text("Email,Name\na@x.org,A\n", encoding="utf-8")
    assert imported.ztui("retry", run, "--edits", str(wrong), "--yes")[0] == 2
    wrong.write_text("Other\na\nb\n", encoding="utf-8")
    assert "CORRECTIONS_OTHER_COLUMNS" in imported.ztui("retry", run, "--edits", str(wrong), "--yes")[2]


def test_a_remap_sends_a_refused_job_again(imported: Imported) -> None:
    imported.world.write(6)
    plan = imported.world.plan()
    fields = tuple(replace(f, api_name="Last Name") if f.api_name == "Last_Name" else f for f in plan.mapping.fields)
    plan = replace(plan, mapping=replace(plan.mapping, fields=fields))
    refusal = ApiError("INVALID_FIELD_NAME", "invalid mapping. invalid api_name Last Name.", level="job")
    imported.world.fail("create", refusal, times=1)
    run = imported.do(lambda runs: runs.start(plan)).run_id

    assert imported.ztui("retry", run, "--remap", "Last Name=Nope", "--yes")[0] == 2
    status, job = imported.json("retry", run, "--remap", "Last Name=Last_Name", "--yes")

    assert (status, job["counts"]["added"]) == (0, 6)


def test_repairs_are_learned(imported: Imported) -> None:
    run = typing_slips(imported)
    mapping = imported.world.folder / "learned.toml"

    imported.ztui("retry", run, "--fix", "Email:clean_email", "--learn", str(mapping), "--yes")

    text = mapping.read_text(encoding="utf-8")
    assert "b(at)example.org" in text
    assert "b@example.org" in text


def test_nothing_is_sent_without_a_yes(imported: Imported) -> None:
    run = typing_slips(imported)
    status, _, _ = imported.ztui("retry", run, "--fix", "clean_email")
    assert status == 130
    assert len(imported.world.zoho.records) == 1
