from ztui.engine.trial import Result, Step
from ztui.errors import Unreachable
from ztui.model.profile import Secret
from ztui.present.profiles import masked, profile_data, profile_lines, profile_table, step_data, step_lines
from ztui.store.profiles import make_profile

MAIN = make_profile(
    "main",
    {
        "data_center": "eu",
        "refresh_token": "1000.refresh",
        "client_id": "1000.ABC",
        "client_secret": "env:SECRET",
        "readonly": True,
    },
)


def test_secrets_are_masked_but_references_are_shown() -> None:
    assert masked(None) == ""
    assert masked(Secret("1000.refresh")) == "••••••"
    assert masked(Secret("env:SECRET")) == "env:SECRET"


def test_no_form_of_a_profile_shows_a_secret() -> None:
    shown = [*profile_table([MAIN], "main"), *profile_lines(MAIN, current=True), str(profile_data(MAIN, current=True))]
    assert "1000.refresh" not in "\n".join(shown)
    assert "env:SECRET" in "\n".join(shown)


def test_the_table_marks_the_current_one() -> None:
    other = make_profile("other", {"access_token": "t"})
    header, *rows = profile_table([MAIN, other], "main")
    assert header.split() == ["Name", "Where", "Environment", "API", "Org", "id", "Signs", "in", "with"]
    assert rows[0].startswith("*  main ")
    assert "read-only" in rows[0]
    assert rows[1].startswith("   other ")


def test_without_profiles_there_is_advice() -> None:
    assert "ztui profiles add" in profile_table([], "")[0]


def test_a_failed_step_says_why_and_what_to_do() -> None:
    step = Step("host", Result.FAILED, error=Unreachable("HOST_UNKNOWN", details={"host": "www.zohoapis.xx"}))
    first, *rest = step_lines(step)
    assert first.startswith("✗ host: ")
    assert "www.zohoapis.xx" in "".join([first, *rest])
    assert any(line.strip().startswith("What to do:") for line in rest)
    assert step_data(step)["result"] == "failed"
    assert step_lines(Step("users", Result.SKIPPED)) == ["· users: not tried"]
    assert step_lines(Step("users", Result.OK, "3 users")) == ["✓ users: 3 users"]
