"""Choosing what feeds what by key, undoing it, and the options that go with it."""

from __future__ import annotations

from ztui.present.fields import fed_by, offered, percent, type_details, type_name, why_not
from ztui.present.preview import first_filled
from ztui.tui.screens.mapping_treating import Treating


class Choosing(Treating):
    """Actions that change the mapping."""

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

        rows = [row.cells for row in file.peek(0, 40)]
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
            self.drop_notes()  # they are about what was mapped
            self.show_draft()

    def action_undo(self) -> None:
        """Take the last change back."""
        draft = self.session.draft
        self.drop_notes()  # they are about what is taken back
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

    def action_options(self) -> None:
        """Operation, key, blanks, layout, call-back, constants."""
        draft = self.session.draft
        if draft is None:
            return
        from ztui.tui.dialogs.options import OptionsDialog

        self.app.push_screen(OptionsDialog(draft), self._after_dialog)

    def action_check(self) -> None:
        """Find what would be refused."""
        if self.session.draft is None or self.session.file is None:
            return
        from ztui.tui.screens.check import CheckScreen

        self.drop_notes()  # what they tell of, and more, is what the check lists

        self.app.push_screen(CheckScreen())
