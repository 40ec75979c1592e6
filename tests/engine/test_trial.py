from collections.abc import Sequence
from pathlib import Path

import pytest

from ztui.engine.trial import STEPS, Result, Step, Trial
from ztui.errors import AnswerLost, ApiError, SignInError, Unreachable, ZohoError
from ztui.model.crm import Module, Org, User
from ztui.model.job import JobStatus, UploadedFile
from ztui.store.profiles import make_profile


class Org1:
    """An org in which the calls named in `fails` go wrong, and no job exists."""

    def __init__(self, environment: str = "production", fails: dict[str, ZohoError] | None = None) -> None:
        self.environment = environment
        self.fails = fails or {}
        self.uploaded: list[str] = []

    def _maybe(self, call: str) -> None:
        if call in self.fails:
            raise self.fails[call]

    async def sign_in(self) -> None:
        self._maybe("sign_in")

    async def org(self) -> Org:
        self._maybe("org")
        return Org("1", "2", "Acme", environment=self.environment)

    async def users(self) -> tuple[User, ...]:
        self._maybe("users")
        return (User("1", "A", "a@example.com"),)

    async def modules(self) -> tuple[Module, ...]:
        self._maybe("modules")
        return ()

    async def job(self, job_id: str) -> JobStatus:
        self._maybe("job")
        raise ApiError("RESOURCE_NOT_FOUND", level="job")

    async def upload(self, path: Path, name: str) -> UploadedFile:
        self._maybe("upload")
        self.uploaded.append(name)
        return UploadedFile("1")


def results(steps: Sequence[Step]) -> dict[str, str]:
    return {step.name: step.result.value for step in steps}


PROFILE = make_profile("main", {"access_token": "1000.a"})


async def test_everything_works() -> None:
    told: list[Step] = []
    org = Org1()
    trial = Trial(PROFILE, told.append)
    await trial.run(org)
    assert results(trial.steps) == dict.fromkeys(STEPS, "ok")
    assert trial.passed
    assert told == trial.steps
    assert org.uploaded == ["ztui-test.zip"]


@pytest.mark.parametrize(
    ("call", "error", "failed", "fine"),
    [
        ("org", Unreachable("HOST_UNKNOWN"), "host", []),
        ("org", AnswerLost("ANSWER_GARBLED"), "host", []),
        ("org", ApiError("REDIRECT_REFUSED", level="local"), "host", []),
        ("org", ApiError("INTERNAL_SERVER_ERROR", http_status=500), "organisation", ["host"]),
        ("sign_in", SignInError("invalid_client"), "token", ["host"]),
        ("org", SignInError("INVALID_TOKEN"), "token", ["host"]),
        ("org", SignInError("OAUTH_SCOPE_MISMATCH"), "organisation", ["host", "token"]),
        ("users", SignInError("OAUTH_SCOPE_MISMATCH"), "users", ["host", "token", "modules", "bulk write", "upload"]),
        ("job", SignInError("OAUTH_SCOPE_MISMATCH"), "bulk write", ["users", "upload"]),
        ("job", ApiError("NO_PERMISSION", level="auth"), "bulk write", ["users", "upload"]),
        ("upload", Unreachable("CONNECT_FAILED"), "upload", ["users", "bulk write"]),
    ],
)
async def test_the_step_that_fails_is_named(call: str, error: ZohoError, failed: str, fine: list[str]) -> None:
    trial = Trial(PROFILE)
    await trial.run(Org1(fails={call: error}))
    found = results(trial.steps)
    assert found[failed] == "failed"
    assert [found[name] for name in fine] == ["ok"] * len(fine)
    assert list(found) == list(STEPS)
    assert not trial.passed


async def test_a_server_that_fails_has_not_accepted_the_token() -> None:
    trial = Trial(PROFILE)
    await trial.run(Org1(fails={"org": ApiError("INTERNAL_SERVER_ERROR", http_status=500)}))
    assert results(trial.steps)["token"] == "skipped"


async def test_another_environment_than_meant_is_noted() -> None:
    trial = Trial(PROFILE)
    await trial.run(Org1(environment="sandbox"))
    assert results(trial.steps)["environment"] == Result.NOTE
    assert trial.passed


async def test_a_read_only_profile_uploads_nothing() -> None:
    org = Org1()
    trial = Trial(make_profile("main", {"access_token": "a", "readonly": True}))
    await trial.run(org)
    assert org.uploaded == []
    assert results(trial.steps)["upload"] == Result.NOTE


@pytest.mark.parametrize("values", [{}, {"access_token": "env:ZTUI_TEST_UNSET"}])
async def test_without_a_secret_nothing_is_asked(values: dict[str, str]) -> None:
    trial = Trial(make_profile("main", values))
    await trial.run(Org1())
    assert results(trial.steps) == {"secrets": "failed", **dict.fromkeys(STEPS[1:], "skipped")}
