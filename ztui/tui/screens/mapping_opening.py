"""Opening a file, reading it another way, another module: everything that brings the mapping screen its content."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ztui.errors import ZtuiError
from ztui.tui.screens.mapping_parts import MappingParts
from ztui.tui.widgets.detail import Detail

if TYPE_CHECKING:
    from textual import events

    from ztui.model.table import DialectOverrides


class Opening(MappingParts):
    """Actions around file, format and module."""

    @cached_property
    def opened(self) -> asyncio.Event:
        """Set when a file's first rows are there, or when it could not be opened."""
        return asyncio.Event()

    def begin(self, path: str) -> None:
        """Open a file and bring it to a proposal, showing each step as it is there."""
        self.app.clear_notifications()  # they are about the file before
        self.work(self._open(path), "open")

    async def _open(self, path: str) -> None:
        session = self.session
        try:
            file = await session.open(path)
            self.show_file()
        finally:
            self.opened.set()
        await self.painted()
        workspace = await session.workspace()
        self.retitle()
        self.index()
        await workspace.remember(file)
        try:
            await session.choose_first_module(path)
        except ZtuiError:
            self.query_one(Detail).no_fields()  # what stays to be read when the error is closed
            raise
        await self._propose()

    async def _propose(self) -> None:
        draft = await self.session.propose()
        self.show_draft()
        missing = draft.missing()
        questions = draft.questions()
        if missing:
            self.fields.go_to(missing[0].api_name)
        if self.session.restored:
            from ztui.present.mapping import unsent_is_back

            self.notify(unsent_is_back(self.session.restored, datetime.now(UTC)), timeout=8)
        if self.session.carried:
            from ztui.present.mapping import CARRIED

            self.notify(CARRIED, timeout=8)
        if questions:
            column, question = questions[0]
            self.preview.move_to(self.preview.line, column)
            self.notify(f"{draft.header(column)}: {question}  Press t to answer.", severity="warning", timeout=8)

    def index(self) -> None:
        """Read the file through in the background; the number of rows becomes exact."""
        self.work(self._index(), "index")

    async def _index(self) -> None:
        file = self.session.file
        if file is None or file.row_count is not None:
            return

        def progress(rows: int, fraction: float) -> None:
            if self.session.file is file:
                self.preview.changed_count()
                self.show_counts()

        await file.index(progress)
        if self.session.file is file:
            self.preview.changed_count()
            self.show_counts()
            if file.structure:
                from ztui.present.files import structure_notice

                broken = any(found.severity == "error" for found in file.structure)
                self.notify(structure_notice(file.structure), severity="error" if broken else "warning")

    def failed(self, group: str, error: BaseException) -> None:
        """A file that cannot be opened leads home, where another can be opened."""
        if group == "open" and self.session.file is None:
            self.session.path = None
            self.app.call_later(self.ztui.go_home, error)
        else:
            self.ztui.show_error(error)

    def action_dialect(self) -> None:
        """How the file is read."""
        file = self.session.file
        if file is None:
            return
        from ztui.tui.dialogs.dialect import DialectDialog

        self.app.push_screen(DialectDialog(file.info, self.session.overrides, self.reread), self._reread_done)

    def reread(self, overrides: DialectOverrides) -> None:
        """Read the file another way, at once."""
        self.work(self._reread(overrides), "open")

    async def _reread(self, overrides: DialectOverrides) -> None:
        try:
            await self.session.reread(overrides)
            self.show_file()
        except ZtuiError:
            self._tell_how_read()
            raise
        self._tell_how_read()

    def _tell_how_read(self) -> None:
        """The dialog tells how the file is read now, which after a failure is not what was asked for."""
        from ztui.tui.dialogs.dialect import DialectDialog

        dialog = self.app.screen
        if isinstance(dialog, DialectDialog) and self.session.file is not None:
            dialog.read(self.session.file.info, self.session.overrides)

    def _reread_done(self, _answer: object = None) -> None:
        self.work(self._after_reread(), "open")

    async def _after_reread(self) -> None:
        self.index()
        if self.session.draft is None and self.session.file is not None:
            await self._propose()
        self.show_file()

    def action_module(self) -> None:
        """Import into another module."""
        self.work(self._module(), "module")

    async def _module(self) -> None:
        from ztui.tui.dialogs.modules import module_picker

        workspace = await self.session.workspace()
        modules = await workspace.modules()

        def chosen(name: str | None) -> None:
            if name and name != self.session.module:
                self.work(self._other_module(name), "open")

        self.app.push_screen(module_picker(modules, self.session.module or ""), chosen)

    async def _other_module(self, name: str) -> None:
        await self.session.choose_module(name)
        self.fields.filter = ""
        if self.session.file is not None:
            await self._propose()
        self.show_draft()

    def action_open_file(self) -> None:
        """Another file."""
        from ztui.tui.dialogs.open_file import OpenFileDialog

        def chosen(path: str | None) -> None:
            if path:
                self.begin(path)

        here = self.session.path or ""
        self.app.push_screen(OpenFileDialog(here.rpartition("/")[0]), chosen)

    def on_paste(self, event: events.Paste) -> None:
        """A file dropped on the terminal arrives as its path."""
        from ztui.present.paths import no_such_file, pasted_path

        path = pasted_path(event.text)
        if path is not None:
            self.begin(path)
        elif event.text.strip():
            self.notify(no_such_file(event.text), severity="warning", timeout=5)

    def action_home(self) -> None:
        """To the runs and recent files."""
        from ztui.tui.screens.jobs import JobsScreen

        if any(isinstance(s, JobsScreen) for s in self.app.screen_stack[:-1]):
            self.app.pop_screen()
        else:
            self.app.switch_screen(JobsScreen())
