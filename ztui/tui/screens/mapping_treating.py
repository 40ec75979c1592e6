"""Putting a column on a field and what its values need then: proposals, questions, and the transforms by hand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ztui.present.fields import why_not
from ztui.tui.screens.mapping_parts import MappingParts

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.transform_propose import Proposal
    from ztui.model.crm import Field
    from ztui.model.mapping import Step
    from ztui.tui.draft import Draft


class Treating(MappingParts):
    """Actions that map a column, and those on its values."""

    def assign(self, column: int, field: Field, steps: tuple[Step, ...] = ()) -> None:
        """Map, or say why not."""
        draft = self.session.draft
        if draft is None:
            return
        refused = why_not(field, draft.mapping.operation)
        if refused:
            self.notify(refused, severity="warning", timeout=5)
            return
        before = draft.mapping.for_field(field.api_name)
        if draft.assign(column, field, steps):
            self.drop_notes()  # what was said of the last one would stand over what is said of this
            self.fields.go_to(field.api_name)
            self.show_draft()
            if before is not None and before.columns:
                self.notify(f"{field.label} is now fed by “{draft.header(column)}”.  ctrl+z takes it back.", timeout=3)
            self.propose_steps(field.api_name)

    def propose_steps(self, api_name: str) -> None:
        """After a mapping by hand: what the values need; questions are asked, the rest is taken and told."""
        self.work(self._propose_steps(api_name), "steps")

    async def _propose_steps(self, api_name: str) -> None:
        draft, file = self.session.draft, self.session.file
        field = draft.schema.field(api_name) if draft else None
        mapped = draft.mapping.for_field(api_name) if draft else None
        if draft is None or file is None or field is None or mapped is None:
            return
        if not mapped.steps and len(mapped.columns) == 1:
            column = mapped.columns[0]
            if self._ask_for_half(draft, field, column, file):
                return

            def find() -> tuple[Proposal, ...]:
                from ztui.engine.transform_propose import propose_steps

                return propose_steps(field, [r.cells[column] for r in file.sample() if column < len(r.cells)])

            proposals = await asyncio.to_thread(find)
            if draft is not self.session.draft or draft.mapping.for_field(api_name) != mapped:
                return
            if proposals and proposals[0].question:
                from ztui.tui.dialogs.transforms import TransformsDialog

                self.app.push_screen(TransformsDialog(draft, field, file, proposals), self._after_dialog)
                return
            if proposals:
                self._take_proposal(draft, field, proposals[0])
        await self._try_out(draft, field, file)

    def _ask_for_half(self, draft: Draft, field: Field, column: int, file: OpenFile) -> bool:
        """Whole names were put on half a name: ask, and let the other half have the rest. False when they were not."""
        from ztui.engine.whole_names import half_of, name_proposals
        from ztui.tui.dialogs.transforms import TransformsDialog

        half = half_of(field, draft.suggestions.get(column))
        if half is None:
            return False
        asked, header = draft.mapping, draft.header(column)

        def answered(answer: bool | None) -> None:
            other = draft.schema.field(half.other)
            mapped = draft.mapping.for_field(field.api_name)
            if not answer and draft.mapping is asked:
                draft.undo()
                self.notify(f"“{header}” feeds nothing: the question is still open.", timeout=4)
            elif mapped is None or mapped.steps != half.steps or other is None or draft.mapping.for_field(half.other):
                pass  # the whole name, or the other half comes from elsewhere
            elif draft.assign(column, other, half.other_steps):
                self.notify(f"{other.label} takes the other half of “{header}”.  ctrl+z takes it back.", timeout=4)
            self.show_draft()

        self.app.push_screen(TransformsDialog(draft, field, file, name_proposals(half)), answered)
        return True

    def _take_proposal(self, draft: Draft, field: Field, proposal: Proposal) -> None:
        treated = draft.set_steps(field.api_name, proposal.steps)
        mapped = draft.mapping.for_field(field.api_name)
        if mapped is not None and mapped.find_by is None and proposal.find_by:
            treated = draft.set_find_by(field.api_name, proposal.find_by) or treated
        if treated:
            self.show_draft()
            self.notify(f"{field.label}: {proposal.reason}.  t shows before and after.", timeout=4)

    async def _try_out(self, draft: Draft, field: Field, file: OpenFile) -> None:
        """Say at once when the values are likely to be meant for another field."""
        mapped = draft.mapping.for_field(field.api_name)
        if mapped is None or not mapped.columns:
            return

        def work() -> str:
            from ztui.engine.preflight import SHARE, try_out
            from ztui.present.findings import unfit

            filled, refused, first = try_out(field, mapped, file.sample())
            return unfit(field, filled, refused, first) if first is not None and refused > SHARE * filled else ""

        said = await asyncio.to_thread(work)
        if said and draft is self.session.draft and draft.mapping.for_field(field.api_name) == mapped:
            self.notify(f"{said}  ctrl+z takes it back.", severity="warning", timeout=8)

    def _after_dialog(self, _answer: object = None) -> None:
        self.show_draft()

    def action_transforms(self) -> None:
        """What is done to the values of one field."""
        draft, file = self.session.draft, self.session.file
        if draft is None or file is None:
            return
        self.drop_notes()  # the question that led here would lie over the keys that answer it
        field = self.fields.field
        if self.preview.has_focus:
            mapped = draft.mapping.for_column(self.preview.column)
            field = draft.schema.field(mapped[0].api_name) if mapped else None
            likely = draft.likely(self.preview.column) if draft.question(self.preview.column) else None
            if field is None and likely is not None and (asked := draft.schema.field(likely)) is not None:
                self.assign(self.preview.column, asked)
                return
        if field is None:
            self.notify("Map the column first; then its values can be transformed.", timeout=3)
            return
        mapped_now = draft.mapping.for_field(field.api_name)
        if mapped_now is None or not mapped_now.columns:
            self.notify(f"No column feeds {field.label} yet: there are no values to transform.", timeout=3)
            return
        self.work(self._transforms(field), "steps")

    async def _transforms(self, field: Field) -> None:
        draft, file = self.session.draft, self.session.file
        keys = await self.session.reference_keys(field)
        if draft is None or file is None or draft is not self.session.draft:
            return
        from ztui.tui.dialogs.transforms import TransformsDialog

        self.app.push_screen(TransformsDialog(draft, field, file, keys=keys), self._after_dialog)
