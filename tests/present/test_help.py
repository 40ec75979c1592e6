"""The keys of a screen in columns."""

from ztui.present.help import key_lines

SHORT = [("a", "Add"), ("^z", "Undo"), ("Del", "Remove")]


def _shown(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(f"{keys}  {what}" for keys, what in line) for line in lines]


def test_short_texts_stand_in_two_aligned_columns() -> None:
    assert [line.rstrip() for line in _shown(key_lines(SHORT, 40))] == [" a  Add     Del  Remove", "^z  Undo"]


def test_a_long_text_is_never_cut_but_makes_it_one_column() -> None:
    keys = [*SHORT, ("R", "Go on with everything that is unfinished")]
    shown = _shown(key_lines(keys, 40))
    assert len(shown) == 4
    assert shown[-1] == "  R  Go on with everything that is unfinished"


def test_no_keys_no_lines() -> None:
    assert key_lines([], 40) == []
