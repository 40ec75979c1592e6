"""The error catalogue's contents: complete, well-formed, and worded so that nothing is left open."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from ztui import catalogue
from ztui.catalogue.entry import KINDS, Entry

ERRORS = Path(catalogue.__file__).parent / "errors"
SEEDS = json.loads((Path(__file__).parent.parent / "data" / "seed_cases.json").read_text())["cases"]
ZOHO_LEVELS = [level for level in catalogue.LEVELS if level != "local"]
ENTRIES = catalogue.all_entries()

#: Every code that Zoho's documents and recordings name, by where it is met.
NAMED = {
    "auth": """invalid_code invalid_client invalid_client_secret invalid_redirect_uri general_error
        AUTHENTICATION_FAILURE
        INVALID_TOKEN OAUTH_SCOPE_MISMATCH NO_PERMISSION AUTHORIZATION_FAILED""",
    "upload": """INVALID_FILE_FORMAT NOT_SUPPORTED_FEATURE MANDATORY_NOT_FOUND INVALID_DATA FILE_TOO_LARGE
        OAUTH_SCOPE_MISMATCH NO_PERMISSION AUTHORIZATION_FAILED INVALID_URL_PATTERN INVALID_REQUEST_METHOD
        INTERNAL_ERROR BAD_REQUEST UNAUTHORIZED""",
    "job": """MANDATORY_FIELDS_NOT_MAPPED INVALID_CALLBACK_URL FILE_NOT_SUPPORTED INVALID_DATA MISSING_REQUIRED_KEY
        INVALID_FIELD_NAME MANDATORY_NOT_FOUND INVALID_FIELD INVALID_FORMAT INVALID_FILE_ID FILE_NOT_FOUND
        HEADER_LIMIT_EXCEEDED COLUMN_INDEX_NOT_FOUND MODULE_NOT_AVAILABLE INVALID_CALLBACK_METHOD
        COEXISTENCE_NOT_ALLOWED INVALID_REQUEST REQUEST_BODY_NOT_SUPPORTED LIMIT_EXCEEDED LIMIT_REACHED NOT_ALLOWED
        ALREADY_USED CANNOT_PROCESS BAD_REQUEST INVALID_URL_PATTERN INVALID_REQUEST_METHOD INTERNAL_ERROR
        RESOURCE_NOT_FOUND AUTHENTICATION_FAILURE OAUTH_SCOPE_MISMATCH NO_PERMISSION AUTHORIZATION_FAILED
        INVALID_FILE_FORMAT TOO_MANY_REQUESTS INVALID_HOST INVALID_TOKEN""",
    "api": """REQUIRED_PARAM_MISSING INVALID_MODULE INVALID_DATA API_NOT_SUPPORTED PATTERN_NOT_MATCHED NOT_SUPPORTED
        INVALID_HOST TOO_MANY_REQUESTS INTERNAL_SERVER_ERROR INTERNAL_ERROR INVALID_REQUEST_METHOD INVALID_URL_PATTERN
        RESOURCE_NOT_FOUND NOT_FOUND DUPLICATE_DATA MANDATORY_NOT_FOUND LIMIT_EXCEEDED""",
    "row": """MANDATORY_NOT_FOUND INVALID_DATA DUPLICATE_DATA NOT_APPROVED BLOCKED_RECORD CANNOT_PROCESS LIMIT_EXCEEDED
        RESOURCE_NOT_FOUND""",
    "mass_update": """INVALID_DATA MANDATORY_NOT_FOUND NOT_APPROVED RECORD_LOCKED INVALID_REQUEST_METHOD
        AUTHENTICATION_FAILURE MAPPING_MISMATCH CONVERTED_RECORD CANNOT_PROCESS RECORD_IN_BLUEPRINT
        CANNOT_PERFORM_ACTION ALREADY_SCHEDULED LIMIT_EXCEEDED NO_RECORDS_FOUND NO_PERMISSION INVALID_MODULE
        NOT_SUPPORTED AUTHORIZATION_FAILED OAUTH_SCOPE_MISMATCH INVALID_URL_PATTERN INTERNAL_ERROR NOT_FOUND
        INVALID_TOKEN""",
}


def _name(entry: Entry) -> str:
    return f"{entry.level}-{entry.code}"


@pytest.mark.parametrize(("level", "code"), [(level, code) for level in NAMED for code in NAMED[level].split()])
def test_every_code_that_zoho_names_is_explained_where_it_is_met(level: str, code: str) -> None:
    entry = catalogue.resolve(level, code)
    assert entry is not None
    assert entry.code == code


def test_the_throttled_token_endpoint_is_explained() -> None:
    (entry,) = catalogue.find("access denied")
    assert (entry.level, entry.kind, entry.http) == ("auth", "token_throttle", (400,))


@pytest.mark.parametrize("path", sorted(ERRORS.glob("*.toml")), ids=lambda p: p.stem)
def test_reading_entry_by_entry_gives_what_the_whole_file_holds(path: Path) -> None:
    whole = [table["code"] for table in tomllib.loads(path.read_text(encoding="utf-8"))["entry"]]
    level = "local" if path.stem.startswith("local") else path.stem
    found = catalogue.entries(level)
    assert [code for code in whole if found[code].code == code] == whole


@pytest.mark.parametrize("entry", ENTRIES, ids=_name)
def test_an_entry_is_well_formed(entry: Entry) -> None:
    assert entry.source
    assert not entry.title.endswith(".")
    assert entry.severity in ("error", "warning", "note")
    assert all(catalogue.resolve(*pair.split(":")) for pair in entry.predicts)
    if entry.level != "local":
        assert entry.kind in KINDS
    if entry.pattern is not None:
        re.compile(entry.pattern)
    if entry.pattern and entry.message and entry.code not in ("INVALID_FIELD", "MANDATORY_NOT_FOUND"):
        assert entry.names(entry.message), "its own typical message names nothing"


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.level != "local"], ids=_name)
@pytest.mark.parametrize("show_missing", [False, True])
def test_zoho_entries_read_well_without_any_fact(entry: Entry, show_missing: bool) -> None:
    told = entry.explain(show_missing=show_missing)
    for text in (told.title, told.cause, told.remedy):
        assert text
        assert not re.search(r"[{}\[\]…]|  | [.,:;]|\(\)", text), text
        assert text[0].isupper() or text[0] in "‹`" or text.startswith("ztui"), text


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.cases], ids=_name)
def test_every_case_can_be_reached_by_its_own_words(entry: Entry) -> None:
    for case in entry.cases:
        words = case.message.split("|")[0].replace(" ?", " ").replace("?", "")
        assert entry.case(f"Sorry: {words} (7)") is case


@pytest.mark.parametrize("case", [c for c in SEEDS if c["expected_status"] >= 400], ids=lambda c: c["id"])
def test_every_recorded_refusal_has_its_entry(case: dict[str, object]) -> None:
    level = {"create": "job", "details": "job", "mass": "mass_update"}[str(case["id"]).split("-")[0]]
    body = case["expected_body"]
    assert isinstance(body, dict)
    entry = catalogue.resolve(level, body["code"])
    assert entry is not None
    assert case["expected_status"] in entry.http
    assert entry.explain(body["details"], body["message"]).cause


def test_the_recorded_unknown_field_is_named() -> None:
    entry = catalogue.lookup("job", "INVALID_FIELD_NAME")
    assert entry is not None
    told = entry.explain({}, "invalid mapping. invalid api_name Last Name.")
    assert told.names == {"field": "Last Name"}
    assert "“Last Name”" in told.cause
    assert told.repairs[0] == "remap"
    assert entry.names_field


@pytest.mark.parametrize(
    ("level", "code", "message", "kind"),
    [
        ("upload", "INVALID_DATA", "Import file size should be less than 25 mb.", "too_large"),
        ("upload", "INVALID_DATA", "Invalid data - x-crm-org", "wrong_org"),
        ("upload", "MANDATORY_NOT_FOUND", "Required key x-crm-org is not available", "wrong_org"),
        ("upload", "MANDATORY_NOT_FOUND", "Required key feature is not available", "client_bug"),
        ("api", "FORBIDDEN", "Forbidden: Link not valid", "link_expired"),
        ("api", "FORBIDDEN", "Forbidden", "permission"),
        ("mass_update", "INVALID_DATA", "This field cannot be updated in the Mass Update", "field_refused"),
        ("mass_update", "INVALID_DATA", "the cvid given seems to be invalid", "not_found"),
        ("mass_update", "INVALID_DATA", "The jobid given seems to be invalid", "not_found"),
        ("mass_update", "INVALID_DATA", "the id given seems to be invalid", "no_record"),
        ("mass_update", "INVALID_DATA", "Max field limit exceeded", "limit"),
        ("job", "FILE_NOT_SUPPORTED", "File not supported for bulk write", "file_used"),
    ],
)
def test_one_code_means_different_things_by_its_words(level: str, code: str, message: str, kind: str) -> None:
    entry = catalogue.resolve(level, code)
    assert entry is not None
    assert entry.explain({}, message).kind == kind


def test_what_the_engine_acts_on_is_there() -> None:
    assert catalogue.code_of("job", "file_used") == "FILE_NOT_SUPPORTED"
    assert catalogue.code_of("row", "bad_value") == "INVALID_DATA"
    assert {e.code for e in catalogue.of_kind("job", "file_used")} == {"FILE_NOT_SUPPORTED", "ALREADY_USED"}
    with pytest.raises(KeyError, match="no entry of kind nonsense"):
        catalogue.code_of("job", "nonsense")


@pytest.mark.parametrize("level", ZOHO_LEVELS)
def test_only_harmless_conditions_are_repeated_by_themselves(level: str) -> None:
    waiting = {e.kind for e in catalogue.entries(level).values() if e.retry == "backoff"}
    assert waiting <= {"server_fault", "throttle", "token_throttle"}
