"""Looking into the rows: search, go to, and what is in a column."""

from __future__ import annotations

from ztui.tui.screens.mapping_parts import MappingParts

_ROOM = 50  # cells that a notice has beside the names of what it tells


class Looking(MappingParts):
    """Actions that move in the preview."""

    _found = ""

    def action_cell(self) -> None:
        """The whole value under the cursor, and what is sent for it."""
        file, draft, preview = self.session.file, self.session.draft, self.preview
        rows = file.peek(preview.line, 1) if file is not None else []
        if file is None or not rows or not file.info.headers:
            return
        from ztui.tui.dialogs.cell import CellDialog

        row, column = rows[0], preview.column
        sent = []
        for mapped in draft.mapping.for_column(column) if draft is not None else ():
            from ztui.engine.transform import apply_steps

            if draft is not None and mapped.steps:
                values = [row.cells[c] if c < len(row.cells) else "" for c in mapped.columns]
                sent.append((draft.label(mapped.api_name), str(apply_steps(values, mapped.steps))))
        value = row.cells[column] if column < len(row.cells) else ""
        heading = f"{file.info.headers[column]}, line {row.line}"
        self.app.push_screen(CellDialog(heading, value, tuple(sent)))

    def action_about_column(self) -> None:
        """What is in the column under the cursor."""
        if self.session.file is not None:
            self.work(self._about(self.preview.column), "column")

    async def _about(self, column: int) -> None:
        file = self.session.file
        if file is None:
            return
        from textwrap import wrap

        from ztui.present.preview import column_line, profile_lines
        from ztui.present.text import clip, visible
        from ztui.tui.dialogs.message import Notice

        profile = await file.profile_column(column)
        told = [
            (name, clip(visible(value), _ROOM)) for name, value in profile_lines(file.info.headers[column], profile)
        ]
        draft = self.session.draft
        if draft is not None:
            fed = ", ".join(draft.label(m.api_name) for m in draft.mapping.for_column(column))
            suggestion, sure = draft.suggestions.get(column), draft.confidence(column)
            why = column_line(draft.mapping, draft.schema, column, suggestion, sure)
            reasons = [("" if place else "Why", line) for place, line in enumerate(wrap(visible(why), _ROOM))]
            told[1:1] = [("Goes to", fed or "no field"), *reasons]
        parts: list[str | tuple[str, str]] = []
        for name, value in told:
            parts += [(f"{name:<16}", "soft"), value, "\n"]
        self.app.push_screen(Notice("What is in the column", *parts[:-1]))

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
        here, back = self.preview.line, way < 0
        start = here + way
        row = await file.find(self._found, start, backwards=back) if start >= 0 else None
        around = row is None
        if around:
            last = self.preview.rows.count() if self.preview.rows is not None else 0
            row = await file.find(self._found, last if back else 0, backwards=back)
        if row is None:
            self.notify(f"“{self._found}” is in no row.", timeout=3)
            return
        if around and way and row == here:
            self.notify(f"“{self._found}” is in no other row.", timeout=3)
        elif around and (way or here):
            end, on = ("beginning", "last") if back else ("end", "first")
            self.notify(f"Past the {end}: on from the {on} row.", timeout=2)
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
