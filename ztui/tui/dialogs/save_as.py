"""Where something is to be written: a path that can be written to, and never over a file without a word."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from ztui.present.paths import is_taken, unwritable
from ztui.tui.dialogs.base import Hints
from ztui.tui.dialogs.prompt import Prompt


class SaveAs(Prompt):
    """Asks for a path. A file that is there already is replaced by a key of its own only; that of the rows never is."""

    REPLACING: ClassVar[tuple[tuple[str, str], ...]] = (("^r", "replace it"), ("Esc", "cancel"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "replace", "Replace it", show=False, priority=True)]

    def __init__(self, heading: str, explain: str, name: str, *, source: str) -> None:
        def wrong(text: str) -> str | None:
            return unwritable(text, source) or (_TAKEN if is_taken(text) else None)

        super().__init__(heading, explain, name, check=wrong)
        self._source = source
        self._replaces = False

    def complain(self, wrong: str) -> None:
        """The key that replaces is named only while it does."""
        super().complain(wrong)
        self._replaces = wrong == _TAKEN
        self.query_one(Hints).show(*(self.REPLACING if self._replaces else self.HINTS))

    def action_replace(self) -> None:
        """Write over the file, once a person has read that it is there."""
        text = self.query_one(Input).value
        if self._replaces:
            wrong = unwritable(text, self._source)
            if wrong:
                self.complain(wrong)
            else:
                self.dismiss(text)


_TAKEN = "There is a file of that name already. ctrl+r replaces it; or give another name."
