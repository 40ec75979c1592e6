import pytest

from ztui import catalogue
from ztui.errors import ApiError, StoreError
from ztui.model.event import ErrorInfo
from ztui.present.errors import error_text, info_text, text_for


def test_an_error_has_title_cause_and_remedy() -> None:
    told = error_text(StoreError("STORE_FULL", details={"path": "/x", "reason": "No space left"}))
    assert told.lines() == [
        "The disk is full",
        "/x: No space left.",
        "What to do: Free some space (`ztui jobs prune` removes old archives), then `ztui resume`. "
        "Nothing was sent that is not recorded.",
    ]


def test_zohos_own_words_are_quoted_and_cleaned() -> None:
    told = error_text(ApiError("INVALID_FIELD_NAME", "invalid mapping. invalid api_name Last\x1bName.", level="job"))
    assert told.said == "invalid mapping. invalid api_name Last␛Name."
    assert f"It said: {told.said}" in told.lines()


def test_a_code_of_another_level_is_found() -> None:
    assert text_for("job", "INVALID_TOKEN").title == text_for("auth", "INVALID_TOKEN").title


def test_an_unknown_code_is_shown_as_it_came() -> None:
    told = info_text(ErrorInfo("job", "NEVER_SEEN\x07", "strange"))
    assert told.code == told.title == "NEVER_SEEN␇"
    assert told.said == "strange"
    assert told.remedy


@pytest.mark.parametrize("entry", catalogue.all_entries(), ids=lambda e: f"{e.level}-{e.code}")
def test_every_entry_reads_well_without_facts(entry: catalogue.Entry) -> None:
    told = text_for(entry.level, entry.code)
    text = " ".join((told.title, told.cause, told.remedy))
    assert "{" not in text
    assert "[[" not in text
    assert told.title
    assert told.remedy
