"""Patterns of good cells are never looser than the checkers."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.engine.checking import SCHEMA
from ztui.engine.preflight_cells import date_pattern, field_pattern, trie
from ztui.engine.preflight_charset import Charset, charset_of
from ztui.engine.preflight_rows import RowRules
from ztui.model.crm import Field, Operation, PickListValue
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.table import Dialect


def test_dates_follow_the_calendar() -> None:
    pattern = re.compile(date_pattern("dd/MM/yyyy") or b"")
    day = date(1999, 12, 1)
    while day < date(2005, 1, 1):
        matched = pattern.fullmatch(day.strftime("%d/%m/%Y").encode()) is not None
        assert matched or (day.month, day.day) == (2, 29)
        day += timedelta(days=1)
    for wrong in (
        b"31/04/2024",
        b"30/02/2024",
        b"29/02/2023",
        b"32/01/2024",
        b"00/01/2024",
        b"01/13/2024",
        b"1/1/2024",
    ):
        assert pattern.fullmatch(wrong) is None


def test_patterns_with_names_are_left_to_the_readers() -> None:
    assert date_pattern("dd MMM yyyy") is None
    assert date_pattern("dd.MM.yy") is None
    assert re.fullmatch(date_pattern("yyyy-MM-dd'T'HH:mm:ssXXX") or b"", b"2024-12-31T23:59:59+01:00")


def test_trie_matches_its_words_only() -> None:
    draw = random.Random(3)
    words = {bytes(draw.choices(b"ab+", k=draw.randrange(1, 6))) for _ in range(40)}
    pattern = re.compile(rb"(?:" + trie(words) + rb")\Z")
    for _ in range(2000):
        word = bytes(draw.choices(b"ab+", k=draw.randrange(1, 7)))
        assert (pattern.match(word) is not None) == (word in words)


ALPHABET = [
    "a",
    "b",
    "1",
    ".",
    "@",
    "-",
    "+",
    "/",
    ":",
    ";",
    ",",
    "=",
    '"',
    "'",
    "é",
    "ß",
    "€",
    "日",
    "\x00",
    "\x7f",
    "2024",
    "12",
    "example",
    ".com",
    "true",
    "Partner",
    "www.",
]
ALPHABET += [" ", "\u00a0", "\u3000", "\t", "\u200b", "\u00ad", "\u202e", "\ufeff", "\u061c", "4.9", "E+11"]


@pytest.mark.parametrize("name", [f.api_name for f in SCHEMA.fields if f.api_name not in ("id", "Score")])
@pytest.mark.parametrize("codec", ["utf-8", "ascii", "cp1252", "iso8859-1", "koi8-r"])
def test_what_a_pattern_lets_pass_the_checker_lets_pass(name: str, codec: str) -> None:
    draw = random.Random(f"{name}{codec}")
    for steps in ((), (Step.of("trim"),), (Step.of("no_invisible"), Step.of("excel_text"))):
        mapping = Mapping("Leads", Operation.INSERT, fields=(FieldMapping(name, (0,), steps),))
        rules = RowRules(mapping, SCHEMA, 1)
        pattern = field_pattern(rules.fields[0], Charset(";", '"', codec))
        if steps and pattern is None:
            continue
        assert pattern is not None
        matches = re.compile(pattern).fullmatch
        passed = 0
        for _ in range(3000):
            text = "".join(draw.choices(ALPHABET, k=draw.randrange(0, 6)))
            if draw.random() < 0.3:
                text = draw.choice(["a@b.example", "12/31/2024 10:00:00", "2024-12-31", "5", "Partner;Cold Call"])
            raw = text.encode(codec, "ignore")
            if not matches(raw):
                continue
            passed += 1
            cell = raw.decode(codec)
            if cell[:1] == '"':
                cell = cell[1:-1].replace('""', '"')
            assert rules.judge([cell]) == [], (name, raw)
        assert passed


def test_what_no_pattern_can_tell_is_not_vouched_for() -> None:
    chars = Charset(",", '"', "utf-8")

    def pattern(name: str, *steps: Step) -> bytes | None:
        mapping = Mapping("Leads", fields=(FieldMapping(name, (0,), steps),))
        return field_pattern(RowRules(mapping, SCHEMA, 1).fields[0], chars)

    assert pattern("Last_Name", Step.of("case", to="upper")) is None
    assert pattern("Source", Step.of("map", table=(("a", "b"),))) is None
    assert pattern("Born", Step.of("date", pattern="dd MMM yyyy")) is None
    assert pattern("Revenue", Step.of("number", decimal=",")) is None
    assert pattern("Phone", Step.of("phone", country="+49")) is None
    assert pattern("Revenue", Step.of("number", decimal=".")) is not None
    assert pattern("Revenue", Step.of("number", whole=True)) is None
    assert pattern("Employees", Step.of("number", whole=True)) is not None
    written = "yyyy-MM-dd'T'HH:mm:ssXXX"
    assert pattern("Seen", Step.of("datetime", pattern="yyyy-MM-dd HH:mm", out=written)) is None
    assert pattern("Seen", Step.of("datetime", pattern="yyyy-MM-dd HH:mm", out=written, offset="+01:00")) is not None


@pytest.mark.parametrize("data_type", ["picklist", "multiselectpicklist"])
def test_choices_that_look_like_formulas_are_looked_at(data_type: str) -> None:
    choices = tuple(PickListValue(v, v) for v in ("Plain", "=1", "+x", "'5", "-None-", "1E+12"))
    field = Field("Pick", "Pick", data_type, length=60, picklist=choices, unique=True)
    mapping = Mapping("Leads", fields=(FieldMapping("Pick", (0,)),))
    rules = RowRules(mapping, replace(SCHEMA, fields=(field,)), 1)
    matches = re.compile(field_pattern(rules.fields[0], Charset(",", '"', "utf-8")) or b"").fullmatch
    for value in ("Plain", "=1", "+x", "'5", "-None-", "-None-;Plain", "1E+12"):
        assert not matches(value.encode()) or not rules.judge([value]), value
    assert matches(b"Plain")


@pytest.mark.parametrize("mark", ["-", ".", "@", "/", "+", "(", "a", "1"])
def test_delimiters_that_values_are_made_of_are_left_to_the_exact_way(mark: str) -> None:
    assert charset_of(Dialect(delimiter=mark)) is None
    assert charset_of(Dialect(quotechar=mark)) is None
    assert charset_of(Dialect(delimiter=":")) is not None


@pytest.mark.parametrize(
    ("name", "good", "left"),
    [
        (
            "Email",
            ("a@b.co", "ada.m.k.lovelace@mail.example.co.uk", "a+b%c_d@x-y.example", '"a@b.org"', ""),
            ("a@b", "a..b@c.de", ".a@b.de", "a.@b.de", "a@b..de", "a@b.d", "a@b.c0m", "a@.de", "a@b.de.", "a@b.de,"),
        ),
        (
            "Website",
            ("www.example.com", "https://a.b.c.example/x/y.html", "http://a-b.de", '"a.de/x"', ""),
            ("www", "http://", ".a.de", "a..de", "a.de x", "a.de?x y"),
        ),
    ],
)
def test_common_addresses_pass_and_odd_ones_are_looked_at(
    name: str, good: tuple[str, ...], left: tuple[str, ...]
) -> None:
    rules = RowRules(Mapping("Leads", fields=(FieldMapping(name, (0,)),)), SCHEMA, 1)
    pattern = re.compile(field_pattern(rules.fields[0], Charset(",", '"', "utf-8")) or b"(?!)")
    assert [text for text in good if not pattern.fullmatch(text.encode())] == []
    assert [text for text in left if pattern.fullmatch(text.encode())] == []
