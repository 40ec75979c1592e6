import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ztui.present.text import ELLIPSIS, clip, pad, visible, width


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain", "plain"),
        ("Zoë 日本 a b", "Zoë 日本 a b"),
        ("two\nlines", "two⏎lines"),
        ("two\r\nlines", "two⏎lines"),
        ("a\rb", "a␍b"),
        ("a\tb", "a⇥b"),
        ("\x1b]52;c;aGFja2Vk\x07", "␛]52;c;aGFja2Vk␇"),
        ("\x00\x7f", "␀␡"),
        ("\x9b31m", "<U+009B>31m"),
        ("abc\u202efdp.exe", "abc<U+202E>fdp.exe"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("bad\udcff", "bad<U+DCFF>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_what_could_act_on_the_terminal_is_shown_instead(given_text: str, shown: str) -> None:
    assert visible(given_text) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_that_acts_survives_and_cleaning_twice_changes_nothing(text: str) -> None:
    shown = visible(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\ud800-\udfff]", shown)
    assert visible(shown) == shown
    shown.encode()


@given(st.text(), st.integers(0, 40))
def test_clipped_text_fits_and_is_a_prefix(text: str, cells: int) -> None:
    cut = clip(visible(text), cells)
    assert width(cut) <= cells
    if cut != visible(text) and cells > 0:
        assert cut.endswith(ELLIPSIS)
        assert visible(text).startswith(cut[:-1])


def test_wide_characters_count_twice() -> None:
    assert width("日本") == 4
    assert clip("日本語", 4) == "日…"
    assert clip("日本", 4) == "日本"
    assert clip("abcdef", 4) == "abc…"


def test_padding_fills_to_the_cell() -> None:
    assert pad("ab", 4) == "ab  "
    assert pad("12", 4, right=True) == "  12"
    assert pad("日本語", 4) == "日… "
    assert width(pad("日本語", 4)) == 4
