"""Drafts that wait while the file is read another way: back with that reading, or carried over to the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.workspace import Workspace
    from ztui.model.crm import ModuleSchema
    from ztui.model.mapping import Mapping
    from ztui.model.table import Dialect
    from ztui.tui.draft import Draft

CARRIED = "your mapping of these columns"
"""What the step is called that puts what was made of the same columns before on top of a draft."""


def begin(
    workspace: Workspace, file: OpenFile, path: str, schema: ModuleSchema, carried: Mapping | None
) -> tuple[Draft, str, bool]:
    """A draft for a file and a module: the mapping remembered for these headers, else a proposal; on top of it what a
    person left unsent, else what is `carried` over. With it when that was left ("" when it was not), and whether the
    other was carried over. Reads and thinks: not for the loop."""
    from ztui.engine.suggest import mapping_from, suggest
    from ztui.tui.draft import Draft

    headers = file.info.headers
    suggestions = suggest(headers, [row.cells for row in file.sample()], schema)
    remembered = workspace.mappings.recall(headers, schema.module.api_name)
    draft = Draft(remembered or mapping_from(suggestions, headers, schema), schema, suggestions)
    left = workspace.unsent.find(path, headers, schema) if path != "-" else None
    if left is not None and draft.change(left.mapping, "your unsent mapping"):
        return draft, left.at, False
    return draft, "", carried is not None and draft.change(carried, CARRIED)


class Aside:
    """What was made of the mapping under other headers, for one file."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[str, tuple[str, ...]], Draft] = {}
        #: The one put aside last, and how the file was read then.
        self._last: tuple[Draft, Dialect] | None = None

    def clear(self) -> None:
        """Another file, another org, or all of it was sent: nothing waits any more."""
        self._drafts.clear()
        self._last = None

    def put(self, draft: Draft, read: Dialect) -> None:
        """The file has other headers now than those this draft is for."""
        self._drafts[draft.mapping.module, draft.mapping.headers] = draft
        self._last = draft, read

    def back(self, schema: ModuleSchema, headers: tuple[str, ...]) -> Draft | None:
        """The draft that was made for these headers, with its history; it waits no longer."""
        draft = self._drafts.get((schema.module.api_name, headers))
        if draft is None or draft.schema != schema:
            return None
        del self._drafts[schema.module.api_name, headers]
        return draft

    def carried(self, module: str, headers: Sequence[str], read: Dialect) -> Mapping | None:
        """The mapping made before, for the same columns under other names; None when they are other columns.

        They are the same when the file is cut into cells as before and has as many columns: only the encoding or the
        header line was read otherwise.
        """
        if self._last is None:
            return None
        draft, before = self._last
        mapping = draft.mapping
        cut = (read.delimiter, read.quotechar, len(headers))
        same = (before.delimiter, before.quotechar, len(mapping.headers)) == cut
        return replace(mapping, headers=tuple(headers)) if draft.touched and mapping.module == module and same else None

    def worth_keeping(self, module: str) -> Mapping | None:
        """What a person has made of the mapping to this module, of what waits; the latest."""
        touched = (d.mapping for (name, _), d in reversed(self._drafts.items()) if name == module and d.touched)
        return next(touched, None)
