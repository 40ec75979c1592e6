"""The inspector's words: groups that would be called the same are told apart."""

from __future__ import annotations

from ztui.model.crm import Field, Module, ModuleSchema
from ztui.model.outcome import OutcomeGroup, RowResult
from ztui.present.inspector import distinct, group_title

SAME = "Email: there is already such a record"


def group(result: RowResult, code: str = "DUPLICATE_DATA") -> OutcomeGroup:
    return OutcomeGroup(result, code, ("Email",), 2)


def test_titles_that_groups_share_say_how_the_rows_ended() -> None:
    groups = [group(RowResult.SKIPPED), group(RowResult.NOT_SENT), group(RowResult.SKIPPED, "INVALID_DATA"), None]
    assert distinct([SAME, SAME, "Not an address", SAME], groups) == [
        f"Refused · {SAME}",
        f"Not sent · {SAME}",
        "Not an address",
        SAME,
    ]


def test_titles_of_groups_that_ended_alike_name_their_codes() -> None:
    groups = [group(RowResult.SKIPPED), group(RowResult.SKIPPED, "INVALID_DATA")]
    assert distinct([SAME, SAME], groups) == [f"Refused, DUPLICATE_DATA · {SAME}", f"Refused, INVALID_DATA · {SAME}"]


def test_a_title_of_its_own_stays_as_it_is() -> None:
    assert distinct([SAME], [group(RowResult.SKIPPED)]) == [SAME]


def test_repeats_that_were_never_sent_are_called_what_the_check_called_them() -> None:
    schema = ModuleSchema(Module("Leads", "Lead", "Leads"), (Field("Email", "E-mail", "email"),))
    assert group_title(group(RowResult.NOT_SENT), schema) == "The same E-mail as in an earlier row"
    assert group_title(group(RowResult.SKIPPED), schema) == "E-mail: there is already such a record"
