from __future__ import annotations

from pathlib import Path

import pytest

from ztui.errors import RunError
from ztui.model.mass_run import BatchAnswered, BatchAttempted, MassCancelled, MassEnded, MassPhase, MassPlan
from ztui.model.mass_update import MassUpdateResult
from ztui.store.mass_updates import MassUpdateStore

AT = "2026-01-02T03:04:05.000+00:00"


def plan(name: str) -> MassPlan:
    return MassPlan(
        name, "Leads", '{"City": "Köln", "Tags": ["a", null]}', (("City", "Köln"),), "box", "", 2, ("1", "2")
    )


@pytest.fixture
def store(tmp_path: Path) -> MassUpdateStore:
    return MassUpdateStore(tmp_path / "mass_updates")


def test_what_was_appended_is_read_back_by_anybody(store: MassUpdateStore) -> None:
    store.create(plan("260102-a"), AT)
    result = MassUpdateResult("1", False, "INVALID_DATA", "line\nbreak", (("id", "1"),))
    with store.open("260102-a") as log:
        log.append(BatchAttempted(AT, 1))
        log.append(BatchAnswered(AT, 1, (result, MassUpdateResult("2", True, "SUCCESS"))))
        kept = log.append(MassEnded(AT))
    state = MassUpdateStore(store.folder).state("260102")
    assert state == kept
    assert state.results[0] == result
    assert (state.updated, state.refused, state.phase) == (1, 1, MassPhase.ENDED)
    assert state.plan.values == (("City", "Köln"), ("Tags", ["a", None]))


def test_ids_by_their_beginning_newest_first(store: MassUpdateStore) -> None:
    for name in ("260101-a", "260102-a", "260102-b"):
        store.create(plan(name), AT)
    assert [s.plan.id for s in store.states(2)] == ["260102-b", "260102-a"]
    assert store.find("260101") == "260101-a"
    for name in ("2601", "nothing", ""):
        with pytest.raises(RunError, match="MASS_UNKNOWN"):
            store.find(name)


def test_one_hand_at_a_time(store: MassUpdateStore) -> None:
    store.create(plan("260102-a"), AT)
    with store.open("260102-a"), pytest.raises(RunError, match="MASS_BUSY"):
        store.open("260102-a")
    store.open("260102-a").close()


def test_a_half_written_line_is_cut_before_more_is_appended(store: MassUpdateStore) -> None:
    store.create(plan("260102-a"), AT)
    path = store.folder / "260102-a.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"_": "Mass', encoding="utf-8")
    assert store.state("260102-a").phase is MassPhase.SENDING
    with store.open("260102-a") as log:
        log.append(MassEnded(AT))
    assert store.state("260102-a").phase is MassPhase.ENDED


def test_a_wish_to_stop_is_seen_and_gone_when_it_was_done(store: MassUpdateStore) -> None:
    store.create(plan("260102-a"), AT)
    with store.open("260102-a") as log:
        assert not log.stop_asked
        store.ask_to_stop("260102-a")
        assert log.stop_asked
        log.append(MassCancelled(AT))
        assert not log.stop_asked


def test_notes_without_a_beginning(store: MassUpdateStore) -> None:
    store.create(plan("260102-a"), AT)
    (store.folder / "260102-a.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(RunError, match="MASS_DAMAGED"):
        store.state("260102-a")
