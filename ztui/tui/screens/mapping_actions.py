"""What the keys of the mapping screen do. The layout and the drags are in `mapping`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from ztui.model.table import DialectOverrides
from ztui.present.fields import fed_by, offered, percent, type_details, type_name, why_not
from ztui.present.preview import first_filled
from ztui.tui.screens.base import ZtuiScreen

if TYPE_CHECKING:
    from ztui.engine.transform_propose import Proposal
    from ztui.model.crm import Field
    from ztui.model.mapping import Mapping, Step
    from ztui.tui.widgets.fields import FieldList
    from ztui.tui.widgets.preview import Preview


class MappingActions(ZtuiScreen):
    """The actions; `MappingScreen` has the widgets they work on."""

    _found = ""

    @property
    def fields(self) -> FieldList:
        """The left pane's list."""
        raise NotImplementedError

    @property
    def preview(self) -> Preview:
        """The right pane's table."""
        raise NotImplementedError

    def show_file(self) -> None:
        """Show the file from the top."""
        raise NotImplementedError

    def show_draft(self) -> None:
        """Show the mapping as it is now."""
        raise NotImplementedError

    def show_counts(self) -> None:
        """Show how many rows there are."""
        raise NotImplementedError

    def assign(self, column: int, field: Field, steps: tuple[Step, ...] = ()) -> None:
        """Map a column to a field, or say why not."""
        raise NotImplementedError

    # -- opening

    def begin(self, path: str) -> None:
        """Open a file and bring it to a proposal, showing each step as it is there."""
        self.work(self._open(path), "open")

    async def _open(self, path: str, overrides: DialectOverrides | None = None) -> None:
        session = self.session
        await session.open(path, overrides)
        self.show_file()
        self.index()
        if session.schema is None:
            await session.choose_module(session.module or "Leads")
        await self._propose()

    async def _propose(self) -> None:
        draft = await self.session.propose()
        self.show_draft()
        missing = draft.missing()
        if missing:
            self.fields.go_to(missing[0].api_name)

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
                worst = file.structure[0]
                self.notify(
                    f"{len(file.structure)} oddit{'y' if len(file.structure) == 1 else 'ies'} in the file's structure, "
                    f"the first in line {worst.line}. c (check) lists them.",
                    severity="warning",
                )

    def failed(self, group: str, error: BaseException) -> None:
        """A file that cannot be opened leaves a way to open another."""
        self.ztui.show_error(error)
        if group == "open" and self.session.file is None:
            from ztui.tui.screens.home import HomeScreen

            self.session.path = None
            if not any(isinstance(s, HomeScreen) for s in self.app.screen_stack):
                self.app.call_later(self._home)

    async def _home(self) -> None:
        from ztui.tui.screens.home import HomeScreen

        dialog = self.app.screen
        home = HomeScreen()
        if dialog is not self:
            self.app.push_screen(home)
            self.app.screen_stack.remove(home)
            self.app.screen_stack.insert(-1, home)
        else:
            self.app.switch_screen(home)

    # -- mapping by key

    def pick_field(self, column: int) -> None:
        """Choose the field that a column feeds."""
        draft, file = self.session.draft, self.session.file
        if draft is None or file is None:
            return
        from ztui.tui.dialogs.picker import Choice, Picker
        from ztui.tui.widgets.grid_model import Column

        suggestion = draft.suggestions.get(column)
        likely = dict(suggestion.alternatives) if suggestion else {}
        if suggestion and suggestion.api_name:
            likely[suggestion.api_name] = suggestion.confidence
        choices = []
        for field in offered(draft.schema, draft.mapping.operation, all_fields=True):
            mapped = draft.mapping.for_field(field.api_name)
            confidence = likely.get(field.api_name, 0.0)
            refused = why_not(field, draft.mapping.operation) or ""
            taken = fed_by(mapped, draft.mapping.headers)
            about = f"{field.api_name} · {type_details(field)}"
            if suggestion is not None and field.api_name == suggestion.api_name:
                about = f"{suggestion.reason}\n{about}"
            name = f"{field.label} *" if field.mandatory else field.label
            cells = (name, type_name(field, short=True), percent(confidence) if confidence else "", taken)
            choices.append(Choice(field.api_name, cells, (field.label, field.api_name), about, confidence, refused))
        columns = (
            Column("Field", width=26),
            Column("Type", width=9, mark="muted"),
            Column("Fit", width=4, mark="ok", right=True),
            Column("Fed by now", width=20, mark="muted"),
        )
        here = draft.mapping.for_column(column)
        picker = Picker(
            f"Where does “{draft.header(column)}” go?",
            columns,
            choices,
            placeholder="field name",
            start=here[0].api_name if here else "",
        )

        def chosen(api_name: str | None) -> None:
            field = draft.schema.field(api_name) if api_name else None
            if field is not None:
                self.assign(column, field)

        self.app.push_screen(picker, chosen)

    def pick_column(self) -> None:
        """Choose the column that feeds the field under the cursor."""
        draft, file, field = self.session.draft, self.session.file, self.fields.field
        if draft is None or file is None or field is None:
            return
        from ztui.tui.dialogs.picker import Choice, Picker
        from ztui.tui.widgets.grid_model import Column

        rows = [row.cells for row in file.rows(0, 40)]
        choices = []
        for index, header in enumerate(draft.mapping.headers):
            suggestion = draft.suggestions.get(index)
            fit = 0.0
            if suggestion is not None:
                fit = dict(suggestion.alternatives).get(field.api_name, 0.0)
                if suggestion.api_name == field.api_name:
                    fit = suggestion.confidence
            goes = ", ".join(draft.label(m.api_name) for m in draft.mapping.for_column(index))
            cells = (header, percent(fit) if fit else "", first_filled(rows, index), goes)
            about = suggestion.reason if suggestion is not None and fit else ""
            choices.append(Choice(str(index), cells, (header,), about, fit))
        columns = (
            Column("Column", width=22),
            Column("Fit", width=4, mark="ok", right=True),
            Column("First value", width=22, mark="muted"),
            Column("Goes to", width=16, mark="muted"),
        )
        mapped = draft.mapping.for_field(field.api_name)
        start = str(mapped.columns[0]) if mapped and mapped.columns else ""
        picker = Picker(f"What feeds {field.label}?", columns, choices, placeholder="column name", start=start)

        def chosen(key: str | None) -> None:
            if key is not None:
                self.assign(int(key), field)

        self.app.push_screen(picker, chosen)

    def propose_steps(self, api_name: str) -> None:
        """After a mapping by hand: what the values need; questions are asked, the rest is taken and told."""
        self.work(self._propose_steps(api_name), "steps")

    async def _propose_steps(self, api_name: str) -> None:
        draft, file = self.session.draft, self.session.file
        field = draft.schema.field(api_name) if draft else None
        mapped = draft.mapping.for_field(api_name) if draft else None
        if draft is None or file is None or field is None or mapped is None or mapped.steps or len(mapped.columns) != 1:
            return
        column = mapped.columns[0]

        def find() -> tuple[Proposal, ...]:
            from ztui.engine.transform_propose import propose_steps

            return propose_steps(field, [r.cells[column] for r in file.sample() if column < len(r.cells)])

        proposals = await asyncio.to_thread(find)
        if not proposals or draft is not self.session.draft or draft.mapping.for_field(api_name) != mapped:
            return
        if proposals[0].question:
            from ztui.tui.dialogs.transforms import TransformsDialog

            self.app.push_screen(TransformsDialog(draft, field, file, proposals), self._after_dialog)
        elif draft.set_steps(api_name, proposals[0].steps):
            self.show_draft()
            self.notify(f"{field.label}: {proposals[0].reason}.  t shows before and after.", timeout=4)

    def _after_dialog(self, _answer: object = None) -> None:
        self.show_draft()

    def action_unmap(self) -> None:
        """What the cursor is on goes nowhere any more."""
        draft = self.session.draft
        if draft is None:
            return
        if self.preview.has_focus:
            done = draft.clear_column(self.preview.column)
        else:
            field = self.fields.field
            done = field is not None and draft.clear_field(field.api_name)
        if done:
            self.show_draft()

    def action_undo(self) -> None:
        """Take the last change back."""
        draft = self.session.draft
        what = draft.undo() if draft else None
        self.notify(f"Taken back: {what}" if what else "Nothing to take back.", timeout=2)
        self.show_draft()

    def action_redo(self) -> None:
        """Do it again after all."""
        draft = self.session.draft
        what = draft.redo() if draft else None
        self.notify(f"Done again: {what}" if what else "Nothing to do again.", timeout=2)
        self.show_draft()

    def action_next_missing(self) -> None:
        """On to a required field that nothing feeds."""
        draft = self.session.draft
        missing = draft.missing() if draft else []
        if not missing:
            self.notify("Every required field is fed.", timeout=2)
            return
        self.fields.filter = ""
        self.fields.refill(draft)
        here = self.fields.field.api_name if self.fields.field else ""
        names = [f.api_name for f in missing]
        goal = names[(names.index(here) + 1) % len(names)] if here in names else names[0]
        self.fields.go_to(goal)
        self.fields.focus()

    def action_filter(self) -> None:
        """Show only fields that fit some words."""
        from ztui.tui.dialogs.prompt import Prompt

        def chosen(text: str | None) -> None:
            if text is not None:
                self.fields.filter = text.strip()
                self.show_draft()
                self.fields.focus()

        self.app.push_screen(
            Prompt("Find fields", "Words of the label, API name or type; empty shows all.", self.fields.filter), chosen
        )

    def action_escape(self) -> None:
        """Give up a drag, drop the filter, or go back."""
        if self.preview.cancel_drag() or self.fields.cancel_drag():
            return
        if self.fields.filter:
            self.fields.filter = ""
            self.show_draft()
            return
        self.action_home()

    def action_home(self) -> None:
        """To the runs and recent files."""
        from ztui.tui.screens.home import HomeScreen

        if any(isinstance(s, HomeScreen) for s in self.app.screen_stack[:-1]):
            self.app.pop_screen()
        else:
            self.app.switch_screen(HomeScreen())

    # -- dialogs

    def action_options(self) -> None:
        """Operation, key, blanks, layout, call-back, constants."""
        draft = self.session.draft
        if draft is None:
            return
        from ztui.tui.dialogs.options import OptionsDialog

        self.app.push_screen(OptionsDialog(draft), self._after_dialog)

    def action_transforms(self) -> None:
        """What is done to the values of one field."""
        draft, file = self.session.draft, self.session.file
        if draft is None or file is None:
            return
        field = self.fields.field
        if self.preview.has_focus:
            mapped = draft.mapping.for_column(self.preview.column)
            field = draft.schema.field(mapped[0].api_name) if mapped else None
        if field is None:
            self.notify("Map the column first; then its values can be transformed.", timeout=3)
            return
        from ztui.tui.dialogs.transforms import TransformsDialog

        self.app.push_screen(TransformsDialog(draft, field, file), self._after_dialog)

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
        await self.session.reread(overrides)
        self.show_file()

    def _reread_done(self, _answer: object = None) -> None:
        self.work(self._after_reread(), "open")

    async def _after_reread(self) -> None:
        self.index()
        if self.session.draft is None and self.session.file is not None:
            await self._propose()
        self.show_file()

    def action_profile(self) -> None:
        """What is in the column under the cursor."""
        if self.session.file is not None:
            self.work(self._profile(self.preview.column), "profile")

    async def _profile(self, column: int) -> None:
        file = self.session.file
        if file is None:
            return
        from ztui.present.preview import profile_lines
        from ztui.tui.dialogs.message import Notice

        profile = await file.profile_column(column)
        parts: list[str | tuple[str, str]] = []
        for name, value in profile_lines(file.info.headers[column], profile):
            parts += [(f"{name:<16}", "soft"), value[:200], "\n"]
        self.app.push_screen(Notice("Column profile", *parts[:-1]))

    def action_search(self) -> None:
        """Find text in the rows."""
        from ztui.tui.dialogs.prompt import Prompt

        def chosen(text: str | None) -> None:
            if text:
                self._found = text
                self.action_search_next(0)

        explain = "Text in any cell. Afterwards n finds the next, N the one before."
        self.app.push_screen(Prompt("Search the rows", explain, self._found), chosen)

    def action_search_next(self, way: int) -> None:
        """The next (1), previous (-1) or first (0: from here on) row with the text."""
        if self._found and self.session.file is not None:
            self.work(self._search(way), "search")

    async def _search(self, way: int) -> None:
        file = self.session.file
        if file is None:
            return
        start = max(0, self.preview.line + way)
        row = await file.find(self._found, start, backwards=way < 0)
        if row is None and start and way >= 0:
            row = await file.find(self._found, 0)
        if row is None:
            self.notify(f"“{self._found}” is in no row{' before this one' if way < 0 else ''}.", timeout=3)
            return
        cells = file.rows(row, 1)[0].cells
        wanted = self._found.casefold()
        column = next((i for i, c in enumerate(cells) if wanted in c.casefold()), self.preview.column)
        self.preview.move_to(row, column, center=True)
        self.preview.focus()

    def action_go_to(self) -> None:
        """Jump to a row or a line of the file."""
        from ztui.tui.dialogs.prompt import Prompt

        def wrong(text: str) -> str | None:
            digits = text.strip().lstrip("lL:# ")
            return None if digits.replace(",", "").isdigit() else "A number, please: 1200, or L1200 for a line."

        def chosen(text: str | None) -> None:
            file = self.session.file
            if not text or file is None:
                return
            number = int(text.strip().lstrip("lL:# ").replace(",", ""))
            row = file.record_at_line(number) if text.strip()[:1] in "lL" else number - 1
            self.preview.move_to(row, center=True)
            self.preview.focus()

        explain = "A row number (1 is the first data row), or L and a line number of the file."
        self.app.push_screen(Prompt("Go to", explain, check=wrong), chosen)

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

    def on_paste(self, event: object) -> None:
        """A file dropped on the terminal arrives as its path."""
        from ztui.present.paths import pasted_path

        path = pasted_path(getattr(event, "text", ""))
        if path is not None:
            self.begin(path)

    # -- saving

    def action_save(self) -> None:
        """Write the mapping to a file."""
        draft = self.session.draft
        if draft is None:
            return
        from ztui.tui.dialogs.prompt import Prompt

        stem = Path(self.session.path or "mapping").stem
        explain = "A TOML file that can be read, edited, kept in git, and used by `ztui import --mapping`."

        def chosen(path: str | None) -> None:
            if path and path.strip():
                self.work(self._save(path.strip(), draft.mapping), "save")

        self.app.push_screen(Prompt("Save the mapping", explain, f"{stem}.{draft.mapping.module}.toml"), chosen)

    async def _save(self, path: str, mapping: Mapping) -> None:
        workspace = await self.session.workspace()
        schema = self.session.schema
        if schema is None:
            return
        target = Path(path).expanduser()
        await asyncio.to_thread(workspace.mappings.save, target, mapping, schema)
        if self.session.draft is not None:
            self.session.draft.keep()
        self.notify(f"Saved to {target}", timeout=3)

    def action_load(self) -> None:
        """Read a mapping from a file."""
        from ztui.tui.dialogs.open_file import OpenFileDialog

        def chosen(path: str | None) -> None:
            if path:
                self.work(self._load(path), "save")

        dialog = OpenFileDialog("", heading="Load a mapping", endings=(".toml",))
        self.app.push_screen(dialog, chosen)

    async def _load(self, path: str) -> None:
        session = self.session
        workspace = await session.workspace()
        mapping = await asyncio.to_thread(workspace.mappings.load, Path(path).expanduser())
        if session.file is None:
            return
        if session.draft is None or mapping.module != session.module:
            await session.choose_module(mapping.module)
            await session.propose()
        headers = session.file.info.headers
        drift = workspace.mappings.drift(mapping, headers)
        if session.draft is not None:
            session.draft.change(workspace.mappings.adapt(mapping, headers), f"loaded {Path(path).name}")
        self.show_draft()
        if drift:
            from ztui.present.drift import drift_lines
            from ztui.tui.dialogs.message import Notice

            self.app.push_screen(Notice("The file's columns differ from the mapping's", "\n".join(drift_lines(drift))))

    # -- onwards

    def action_check(self) -> None:
        """Find what would be refused."""
        if self.session.draft is None or self.session.file is None:
            return
        from ztui.tui.screens.check import CheckScreen

        self.app.push_screen(CheckScreen())
