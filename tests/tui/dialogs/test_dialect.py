"""What can be said about how a file is read."""

from ztui.csvfile import plausible
from ztui.csvfile.encoding import canonical
from ztui.tui.dialogs.dialect import ENCODINGS


def test_every_encoding_that_is_proposed_can_be_chosen() -> None:
    assert set(plausible._OTHERS) | {"iso2022_jp"} <= set(ENCODINGS)


def test_an_encoding_goes_by_the_name_it_is_found_under() -> None:
    assert [canonical(name) for name in ENCODINGS] == [*ENCODINGS]
