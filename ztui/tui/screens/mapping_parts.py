"""What the actions of the mapping screen share: the two panes, and how the file and the draft show in them."""

from __future__ import annotations

from ztui.errors import StoreError
from ztui.model.counting import how_many
from ztui.present.preview import dialect_line, mapped_counts, rows_line
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.chrome import Stepper
from ztui.tui.widgets.detail import Detail
from ztui.tui.widgets.fields import FieldList
from ztui.tui.widgets.preview import Preview


class MappingParts(ZtuiScreen):
    """What is on the mapping screen."""

    @property
    def fields(self) -> FieldList:
        """The left pane's list."""
        return self.query_one(FieldList)

    @property
    def preview(self) -> Preview:
        """The right pane's table."""
        return self.query_one(Preview)

    def drop_notes(self) -> None:
        """Away with the passing notes: what they are about has changed. Errors stay for their time."""
        for note in [note for note in self.app._notifications if note.severity != "error"]:
            self.app._unnotify(note, refresh=False)
        self.app._refresh_notifications()

    # -- showing

    def show_file(self) -> None:
        """The file (again) from the top."""
        self.preview.open(self.session.file, self.session.draft)
        self.show_draft()

    def show_draft(self) -> None:
        """The mapping as it is now, everywhere it shows."""
        session = self.session
        draft, file = session.draft, session.file
        samples = [row.cells for row in file.peek(0, 20)] if file else []
        self.fields.refill(draft, samples)
        self.preview.remap(draft)
        if file is not None:
            self.show_counts()
        if draft is not None and file is not None:
            done, columns = mapped_counts(draft.mapping, len(file.info.headers))
            parts = [(f"{done} of {how_many(columns, 'column')} mapped", "good" if done else "warn")]
            missing = draft.missing()
            if missing:
                names = ", ".join(f.label for f in missing[:3]) + (" …" if len(missing) > 3 else "")
                parts.append((f"{names} missing", "bad"))
            questions = draft.questions()
            if questions:
                parts.append((f"{draft.header(questions[0][0])}: t answers a question", "warn"))
            self.query_one(Stepper).status(*parts)
            left = self.fields
            left.border_title = f"{session.module} fields"
            fed = len(draft.mapping.fields)
            found = f" · /{self.fields.filter.replace('[', '')}" if self.fields.filter else ""
            left.border_subtitle = f"{fed} of {len(draft.schema.writable(draft.mapping.operation))} fed{found}"
            self.keep_draft()
        else:
            self.query_one(Stepper).status()
            self.fields.border_subtitle = ""
        self.retitle()
        self.show_detail()

    _told_unkept = False

    def keep_draft(self) -> None:
        """Keep what a person has made of the mapping: whoever leaves, however, finds it again."""
        if self.session.note_draft():
            self.app.run_worker(self._keep_draft(), group="draft", exit_on_error=False)

    async def _keep_draft(self) -> None:
        try:
            await self.session.keep_draft()
        except StoreError as error:
            if not self._told_unkept:
                from ztui.present.errors import error_text

                self._told_unkept = True
                self.notify(f"If you leave, your changes are lost: {error_text(error).title}.", severity="error")

    def show_counts(self) -> None:
        """How many rows, and how they are read."""
        file = self.session.file
        if file is None:
            return
        right = self.preview
        right.border_title = rows_line(file.indexed_rows, file.row_count, file.estimated_rows)
        right.border_subtitle = dialect_line(file.info).replace("[", "(")

    def show_detail(self) -> None:
        """The lines about the field or column under the cursor."""
        draft, file = self.session.draft, self.session.file
        detail = self.query_one(Detail)
        if draft is None or file is None:
            detail.wait()
        elif self.preview.has_focus:
            detail.of_column(draft, self.preview.column, file)
        elif self.fields.field is not None:
            detail.of_field(draft, self.fields.field, file)
        else:
            detail.no_hit(self.fields.filter)
