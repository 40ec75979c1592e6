"""Envelopes of every shape, and the errors they stand for."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ztui.errors import ApiError, SignInError, Throttled
from ztui.zoho import wire
from ztui.zoho.wire import Answer, Problem

FOUR = {"code": "INVALID_DATA", "details": {"id": "7"}, "message": "m", "status": "error"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (FOUR, Problem("INVALID_DATA", "m", {"id": "7"})),
        (dict(reversed(FOUR.items())), Problem("INVALID_DATA", "m", {"id": "7"})),
        ({**FOUR, "status": "failure"}, Problem("INVALID_DATA", "m", {"id": "7"})),
        ({**FOUR, "status": "success"}, None),
        ({**FOUR, "details": None}, Problem("INVALID_DATA", "m", {})),
        ({**FOUR, "details": "text"}, Problem("INVALID_DATA", "m", {})),
        ({**FOUR, "message": None, "code": 7}, Problem("7", "", {"id": "7"})),
        ({"data": [{**FOUR, "details": {}}]}, Problem("INVALID_DATA", "m", {})),
        ({"data": [FOUR]}, None),
        ({"data": [FOUR, FOUR]}, None),
        ({"data": [{"id": "1", "code": "A12"}]}, None),
        ({"data": []}, None),
        (
            {"ERROR_CODE": 400, "ERROR_MESSAGE": "Bad Request", "x-error": "check if headers are present"},
            Problem("", "Bad Request", {"reason": "check if headers are present"}),
        ),
        ({"ERROR_CODE": 401, "ERROR_MESSAGE": "Unauthorized request"}, Problem("", "Unauthorized request", {})),
        (
            {"http_status": "403", "info": "Forbidden", "x-info": "Link not valid"},
            Problem("", "Forbidden: Link not valid", {"reason": "Link not valid"}),
        ),
        ({"error": "invalid_code"}, Problem("invalid_code", "invalid_code", {})),
        (
            {"error": "Access Denied", "error_description": "too many", "status": "failure"},
            Problem("Access Denied", "too many", {}),
        ),
        ({"status": "COMPLETED", "resource": [{"code": "COMPLETED"}]}, None),
        ({"org": [{"code": "x"}]}, None),
        ([FOUR], None),
        ("text", None),
        (None, None),
    ],
)
def test_a_refusal_is_found_in_any_envelope(body: object, problem: Problem | None) -> None:
    assert wire.problem_in(body) == problem


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"", None),
        (b" \n", None),
        (b'\xef\xbb\xbf{"a":1}\n', {"a": 1}),
        (b"[]", []),
        ('{"a":"é"}'.encode(), {"a": "é"}),
    ],
)
def test_bodies_are_read(content: bytes, value: object) -> None:
    assert wire.parse(content) == value


@pytest.mark.parametrize(
    ("content", "cut"), [(b"<html>", False), (b'{"a":', True), (b"[" * 100_000, True), (b"\xff\xfe", False)]
)
def test_what_is_not_json_is_said_to_be_so(content: bytes, cut: bool) -> None:
    with pytest.raises(wire.Unreadable) as caught:
        wire.parse(content)
    assert caught.value.cut is cut


def test_a_code_that_nobody_knows_is_kept() -> None:
    error = wire.error_for("job", Answer(400), Problem("BRAND_NEW", "words", {"x": {"y": 1}}))
    assert type(error) is ApiError
    assert (error.level, error.code, error.message, error.http_status) == ("job", "BRAND_NEW", "words", 400)
    assert error.details == {"x": {"y": 1}}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (502, "BAD_GATEWAY", ApiError),
        (599, "HTTP_599", ApiError),
        (404, "NOT_FOUND", ApiError),
        (401, "UNAUTHORIZED", SignInError),
    ],
)
def test_without_a_code_the_status_stands_for_it(status: int, code: str, kind: type[Exception]) -> None:
    error = wire.error_for("api", Answer(status), None)
    assert error.code == code
    assert type(error) is kind


@pytest.mark.parametrize("code", ["", "SOMETHING_ELSE", "TOO_MANY_REQUESTS"])
def test_a_429_is_throttling_whatever_it_says(code: str) -> None:
    error = wire.error_for("job", Answer(429, headers={"retry-after": "7"}), Problem(code))
    assert isinstance(error, Throttled)
    assert error.retry_after == 7
    assert error.details["retry_after"] == "7"


@pytest.mark.parametrize(
    ("details", "header", "seconds"),
    [
        ({"retry_after": 60}, "7", 60.0),
        ({"retry_after": "soon"}, "7", 7.0),
        ({}, "Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ({}, "Fri, 31 Dec 9999 23:59:59 GMT", None),
        ({}, "Fri, 99 Dec 2026 23:59:59 GMT", None),
        ({"retry_after": "Sun, 22 Nov 2026 12:00:30 GMT"}, "7", 30.0),
        ({"retry_after": -1}, "", None),
        ({"retry_after": "nan"}, "inf", None),
        ({"retry_after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, "7", 7.0),
        ({"retry_after": {"a": 1}}, "1e9", None),
    ],
)
def test_how_long_to_wait(details: dict[str, object], header: str, seconds: float | None) -> None:
    headers = {"retry-after": header, "date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    assert wire.retry_after(Answer(429, headers=headers), Problem("X", "", details)) == seconds


@pytest.mark.parametrize("date", ["Sun, 22 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 13:00:00 +0100"])
def test_a_date_to_wait_for_is_counted_from_the_date_of_the_answer(date: str) -> None:
    headers = {"retry-after": "Sun, 22 Nov 2026 12:01:30 GMT", "date": date}
    error = wire.error_for("api", Answer(503, headers=headers), None)
    assert error.details["retry_after"] == "90"


def test_a_date_without_a_date_of_the_answer_is_counted_from_now() -> None:
    headers = {"retry-after": format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)}
    seconds = wire.retry_after(Answer(503, headers=headers), Problem(""))
    assert seconds is not None
    assert 590 < seconds <= 600


@pytest.mark.parametrize("level", ["api", "auth"])
def test_what_is_no_time_is_not_passed_on_as_one(level: str) -> None:
    told = wire.error_for(level, Answer(401), Problem("INVALID_TOKEN", "", {"retry_after": "soon"}))
    assert "retry_after" not in told.details


def test_the_level_is_where_the_catalogue_explains_the_code() -> None:
    assert wire.error_for("job", Answer(500), Problem("INTERNAL_ERROR")).level == "api"
    assert wire.error_for("upload", Answer(403), Problem("NO_PERMISSION")).level == "auth"
    assert wire.error_for("mass_update", Answer(400), Problem("INVALID_MODULE")).level == "mass_update"


def test_facts_are_added_but_zohos_details_win() -> None:
    error = wire.error_for(
        "api",
        Answer(400),
        Problem("INVALID_MODULE", "", {"module": "theirs"}),
        {"module": "ours", "profile": "work", "scope": "S"},
    )
    assert error.details == {"module": "theirs", "profile": "work"}


def test_values_become_text() -> None:
    assert [wire.text(v) for v in (None, "a", 1, True, {"a": [1]})] == ["", "a", "1", "true", '{"a":[1]}']
    assert wire.pairs({"a": 1, "b": None}) == (("a", "1"), ("b", ""))
    assert wire.pairs([1]) == ()
    assert json.loads(wire.text({"é": 1})) == {"é": 1}
