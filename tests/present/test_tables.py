from ztui.present.tables import pairs, table


def test_columns_are_as_wide_as_their_content() -> None:
    assert table(["Name", "Rows"], [["a", "1"], ["longer", "1,000"]], right={1}) == [
        "Name     Rows",
        "a           1",
        "longer  1,000",
    ]


def test_cells_are_cleaned_cut_and_may_be_missing() -> None:
    lines = table(["A", "B"], [["\x1b[31mred", "x" * 100], ["日本"]], widest=8)
    assert lines[1] == "␛[31mred  xxxxxxx…"
    assert lines[2] == "日本"


def test_no_rows_no_table() -> None:
    assert table(["A"], []) == []


def test_pairs_line_up_and_skip_what_is_not_known() -> None:
    assert pairs([("name", "main"), ("zgid", ""), ("api version", "v8")]) == ["name         main", "api version  v8"]
