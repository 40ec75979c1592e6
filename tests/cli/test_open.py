import pytest

from ztui.cli.open import run_interface
from ztui.engine.workspace import Workspace
from ztui.tui import app


def _never() -> Workspace:
    raise AssertionError("opened by the interface only")


@pytest.mark.parametrize(("ended", "status"), [(0, 0), (143, 143), (1, 70)])
def test_a_crash_of_the_interface_is_not_taken_for_refused_rows(
    ended: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str | None, str | None]] = []

    def run_tui(_: object, path: str | None, module: str | None) -> int:
        given.append((path, module))
        return ended

    monkeypatch.setattr(app, "run_tui", run_tui)
    assert run_interface(_never, "f.csv", "Leads") == status
    assert given == [("f.csv", "Leads")]
