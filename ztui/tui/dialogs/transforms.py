"""What is done to the values of one field before they are sent: proposals, before and after, and questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ztui.model.crm import Field
from ztui.model.mapping import Step
from ztui.present.fields import fed_by
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.draft import Draft
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.transform_propose import Proposal

#: Steps anyone may want, beside what the values call for.
COMMON = (
    Step.of("trim"),
    Step.of("case", to="upper"),
    Step.of("case", to="lower"),
    Step.of("case", to="title"),
    Step.of("split_name", part="first"),
    Step.of("split_name", part="last"),
)


_LINE = 66  # characters of a way that its line shows
#: What a way is: steps for the values, a field that references are matched by, or the table of list values.
_STEPS, _MATCH, _TABLE = "steps", "match", "table"


@dataclass(frozen=True, slots=True)
class _Way:
    kind: str
    label: str
    reason: str
    steps: tuple[Step, ...] = ()
    find_by: str | None = None
    taken: bool = False


def _told(steps: tuple[Step, ...]) -> str:
    from ztui.engine.transform import describe_step

    return ", then ".join(describe_step(s) for s in steps) or "send the values as they are"


class TransformsDialog(Dialog[bool]):
    """A list of ways to treat the values; the marked one shows what it makes of them; Enter takes it."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "take"),
        ("a", "add a step"),
        ("Del", "drop last"),
        ("+", "join column"),
        ("Esc", "cancel"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "combine", "Join another column", show=False),
        Binding("a", "add", "Add a step", show=False),
        Binding("delete,backspace", "drop", "Drop the last step", show=False),
        Binding("v", "table", "List values", show=False),
    ]
    DEFAULT_CSS = """
    TransformsDialog {
        & > #box { width: 78; }
        & #ways { height: auto; max-height: 10; }
        & #changes { height: 7; margin-top: 1; }
        & #question { color: $warning; margin-bottom: 1; }
        & #reason { height: 2; color: $ink-soft; margin-top: 1; }
        & Hints { margin-top: 0; }
    }
    """

    def __init__(
        self,
        draft: Draft,
        field: Field,
        file: OpenFile,
        proposals: tuple[Proposal, ...] | None = None,
        *,
        keys: tuple[tuple[str, str], ...] = (),
    ) -> None:
        mapped = draft.mapping.for_field(field.api_name)
        super().__init__(f"{field.label} ← {fed_by(mapped, draft.mapping.headers) or 'nothing yet'}")
        self._draft, self._field, self._file = draft, field, file
        self._columns = mapped.columns if mapped else ()
        self._now = mapped.steps if mapped else ()
        self._find_by = mapped.find_by if mapped else None
        self._given = proposals
        self._keys = keys
        self._ways: list[_Way] = []
        self._question = ""

    def body(self) -> ComposeResult:
        """Question, ways, what the marked one does."""
        yield Words("", id="question")
        yield Grid(
            (Column("", width=1, mark="accent"), Column("", width=60, stretch=1)), cursor="line", header=0, id="ways"
        )
        yield Words("", id="reason")
        changes = Grid(
            (Column("Before", width=30, stretch=1, mark="muted"), Column("After", width=30, stretch=1)),
            cursor="line",
            header=1,
            id="changes",
            empty="No values.",
        )
        changes.can_focus = False
        yield changes

    def on_mount(self) -> None:
        """The ways there are."""
        from ztui.engine.transform_propose import propose_steps

        rows = self._file.sample()
        proposals = self._given
        if proposals is None:
            proposals = ()
            if len(self._columns) == 1:
                column = self._columns[0]
                values = [r.cells[column] for r in rows if column < len(r.cells)]
                proposals = propose_steps(self._field, values)
        self._ways = [*self._other_ways(), *self._step_ways(proposals)]
        grid = self.query_one("#ways", Grid)
        self._show_ways()
        if self._keys:
            self.call_after_refresh(grid.move_to, next((i for i, way in enumerate(self._ways) if way.taken), 0))
        question = self.query_one("#question", Words)
        question.say((self._question, "warn") if self._question else "")
        question.display = bool(self._question)
        grid.focus()
        self._tell()

    def _show_ways(self) -> None:
        lines = [Line(("●" if way.taken else "", way.label)) for way in self._ways]
        self.query_one("#ways", Grid).show(source=Lines(lines))
        self._fit()

    def on_resize(self) -> None:
        """Keep the keys in sight on small screens."""
        self._fit()

    def _fit(self) -> None:
        height = self.app.size.height
        changes = 7 if height >= 30 else 5
        room = height - changes - (14 if self._question else 12)
        self.query_one("#changes", Grid).styles.height = changes
        self.query_one("#ways", Grid).styles.height = max(3, min(len(self._ways), 10, room))

    def _other_ways(self) -> list[_Way]:
        """What is no step: the table of list values, the field that references are matched by."""
        from ztui.engine.value_table import has_table

        if not self._columns:
            return []
        ways = []
        if has_table(self._field):
            label = "choose the list value for each value …"
            ways.append(_Way(_TABLE, label, "v opens it from anywhere here", self._now))
        # A lookup that names no field is matched by id; an owner then takes ids and e-mail addresses alike.
        unsaid = "id" if self._field.lookup is not None else None
        for find_by, label in self._keys:
            taken = find_by == (self._find_by or unsaid)
            reason = "as it is now" if taken else f"the values are looked up as {find_by}"
            ways.append(_Way(_MATCH, f"match by {label} ({find_by})", reason, self._now, find_by, taken))
        return ways

    def _step_ways(self, proposals: tuple[Proposal, ...]) -> list[_Way]:
        from ztui.present.transforms import with_common

        ways: list[_Way] = []

        def add(steps: tuple[Step, ...], reason: str, name: str = "") -> None:
            if steps not in [way.steps for way in ways]:
                label = f"{name}: {_told(steps)}" if name else _told(steps)
                ways.append(_Way(_STEPS, label, reason, steps, taken=steps == self._now))

        if self._now:
            add(self._now, "as it is now")
        for proposal in proposals:
            add(proposal.steps, proposal.reason, proposal.label if proposal.steps else "")
            self._question = self._question or proposal.question or ""
        add((), "nothing is changed")
        for step in COMMON:
            add(with_common(self._now, step), "a common one")
        return ways

    def on_grid_moved(self) -> None:
        """What the marked way does."""
        self._tell()

    def _tell(self) -> None:
        from ztui.engine.transform import compile_steps
        from ztui.engine.transform_steps import Refusal
        from ztui.present.transforms import dropped

        way = self._marked
        apply = compile_steps(way.steps, len(self._columns) or 1)
        lines: list[Line] = []
        seen: set[tuple[str, ...]] = set()
        plain: list[Line] = []
        for row in self._file.sample():
            values = tuple(row.cells[c] if c < len(row.cells) else "" for c in self._columns)
            if values in seen or not any(v.strip() for v in values):
                continue
            seen.add(values)
            after = apply(values)
            before = " + ".join(values)
            refused = isinstance(after, Refusal)
            mark = "bad" if refused else "accent" if str(after) != before else ""
            line = Line((before, f"✗ {after}" if refused else str(after)), marks=((1, mark),) if mark else ())
            (lines if mark else plain).append(line)
        # What changes, or cannot be read, is worth seeing first.
        self.query_one("#changes", Grid).show(source=Lines(lines + plain))
        # A long chain of steps is cut off in its line: here it is told to the end.
        told = f"{way.label}: {way.reason}" if len(way.label) > _LINE else way.reason
        lost = dropped(self._now, way.steps)
        self.query_one("#reason", Words).say(*([(f"Ends “{_told(lost)}”. ", "warn")] if lost else []), told)

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        """Enter."""
        self._take(event.line)

    def on_grid_clicked(self, event: Grid.Clicked) -> None:
        """The first click shows, the second takes (as `Chosen`)."""
        if event.grid.id == "ways":
            self._tell()

    def _take(self, line: int) -> None:
        way = self._ways[line]
        if way.kind == _TABLE:
            self.action_table()
            return
        if way.kind == _MATCH:
            self._draft.set_find_by(self._field.api_name, way.find_by)
        else:
            self._draft.set_steps(self._field.api_name, way.steps)
        self.dismiss(True)

    def action_table(self) -> None:
        """List value by list value."""
        if any(way.kind == _TABLE for way in self._ways):
            from ztui.tui.dialogs.value_table import ValueTableDialog

            def done(_: bool | None) -> None:
                # Not a lambda: what a callback gives back is awaited, and a dismissal cannot be awaited from here.
                self.dismiss(True)

            self.app.push_screen(ValueTableDialog(self._draft, self._field, self._file), done)

    def action_add(self) -> None:
        """One more step after those of the marked way."""
        from ztui.present.transforms import with_step
        from ztui.tui.dialogs.add_step import ask_for_step

        steps = self._marked.steps
        if self._columns:
            ask_for_step(self.app, len(self._columns), lambda step: self._try(with_step(steps, step)))

    def action_drop(self) -> None:
        """The marked way without its last step."""
        if self._marked.steps:
            self._try(self._marked.steps[:-1])

    @property
    def _marked(self) -> _Way:
        return self._ways[self.query_one("#ways", Grid).line]

    def _try(self, steps: tuple[Step, ...]) -> None:
        """Mark the way with these steps, as a new one when there is none yet: nothing is taken before Enter."""
        same = (i for i, way in enumerate(self._ways) if way.kind == _STEPS and way.steps == steps)
        place = next(same, None)
        if place is None:
            place = sum(way.kind != _STEPS for way in self._ways)
            self._ways.insert(place, _Way(_STEPS, _told(steps), "yours; Enter takes it", steps))
        self._show_ways()
        self.query_one("#ways", Grid).move_to(place)
        self._tell()

    def action_combine(self) -> None:
        """Feed the field from one more column."""
        from ztui.tui.dialogs.picker import Choice, Picker

        draft = self._draft
        choices = [Choice(str(i), (h,), (h,)) for i, h in enumerate(draft.mapping.headers) if i not in self._columns]

        def chosen(key: str | None) -> None:
            if key is not None and draft.combine(int(key), self._field):
                self.dismiss(True)

        self.app.push_screen(Picker("Join which column?", (Column("", width=60),), choices), chosen)
