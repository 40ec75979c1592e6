"""Three lines about what the cursor is on: a field and what it gets, or a column and why it goes where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ztui.present.fields import fed_by, type_details
from ztui.present.preview import column_line
from ztui.present.text import clip, visible, width
from ztui.tui.dialogs.base import Words

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.model.crm import Field
    from ztui.tui.draft import Draft

Parts = list[str | tuple[str, str]]


class Detail(Words):
    """The strip between the panes and the keys."""

    DEFAULT_CSS = """
    Detail { height: 3; width: 100%; padding: 0 2; background: $background; }
    """

    _stuck = False

    def wait(self) -> None:
        """Nothing to tell yet."""
        if not self._stuck:
            self.say(("Opening …", "soft"))
            return
        self._lines(
            [("Nothing can be mapped yet: the org did not tell its fields.", "warn")],
            [("M", "key"), " asks again; ", ("ctrl+p", "key"), " “Profiles” picks another org, or mends this one."],
        )

    def no_fields(self) -> None:
        """The org could not be asked which fields there are: said from now on, until there are some."""
        self._stuck = True
        self.wait()

    def no_hit(self, wanted: str) -> None:
        """No field fits what was looked for."""
        self._lines(
            [(f"No field fits “{wanted}”." if wanted else "There is no field that can be fed.", "warn")],
            [("Esc", "key"), " shows all fields again; ", ("/", "key"), " looks for others."],
        )

    @property
    def _room(self) -> int:
        return self.size.width - 4 if self.is_mounted and self.size.width else 76

    def _lines(self, *lines: Parts) -> None:
        room = self._room
        parts: Parts = []
        for index, line in enumerate(lines):
            left = room
            if index:
                parts.append("\n")
            for part in line:
                text, kind = (part, "") if isinstance(part, str) else part
                text = clip(visible(text), left)
                left -= width(text)
                parts.append((text, kind))
        self.say(*parts)

    def of_field(self, draft: Draft, field: Field, file: OpenFile) -> None:
        """A field: what it is, what feeds it, what that makes of the first values."""
        mapped = draft.mapping.for_field(field.api_name)
        head: Parts = [(field.label, "strong"), (f"  {field.api_name} · {type_details(field)}", "soft")]
        if field.mandatory:
            head.append(("  required", "bad"))
        if mapped is None:
            hint = "Enter picks a column for it, or drag one here."
            self._lines(head, [("not mapped  ", "warn" if field.mandatory else "soft"), (hint, "soft")], [""])
            return
        second: Parts = [("← ", "accent"), fed_by(mapped, draft.mapping.headers)]
        if mapped.steps:
            from ztui.engine.transform import describe_step

            second.append((" ƒ " + ", ".join(describe_step(s) for s in mapped.steps), "soft"))
        if mapped.default and mapped.columns:
            second.append((f"  blank → {mapped.default}", "soft"))
        self._lines(head, second, before_after(draft, field.api_name, file))

    def of_column(self, draft: Draft, column: int, file: OpenFile) -> None:
        """A column: where it goes and why, and what is in it."""
        suggestion = draft.suggestions.get(column)
        mapped = draft.mapping.for_column(column)
        to = ", ".join(draft.label(m.api_name) for m in mapped)
        head: Parts = [(draft.header(column), "strong"), (" → ", "accent"), (to or "not sent", "" if to else "soft")]
        why = column_line(draft.mapping, draft.schema, column, suggestion, draft.confidence(column))
        values = []
        for row in file.peek(0, 40):
            value = row.cells[column] if column < len(row.cells) else ""
            if value.strip() and value not in values:
                values.append(value)
        third: Parts = [("values  ", "soft"), "  ·  ".join(values[:6])]
        if mapped and mapped[0].steps:
            third = before_after(draft, mapped[0].api_name, file)
        reason: Parts = [(why, "soft")]
        if width(visible(why)) > self._room:
            more = "  p tells all"
            reason = [(clip(visible(why), self._room - width(more)), "soft"), ("  p", "key"), (" tells all", "soft")]
        self._lines(head, reason, third)


def before_after(draft: Draft, api_name: str, file: OpenFile) -> Parts:
    """What the first few values become: `03.11.2024 → 2024-11-03`."""
    mapped = draft.mapping.for_field(api_name)
    if mapped is None or not mapped.columns:
        return [""]
    from ztui.engine.transform import apply_steps

    parts: Parts = []
    seen: set[str] = set()
    for row in file.peek(0, 40):
        values = [row.cells[c] if c < len(row.cells) else "" for c in mapped.columns]
        before = " + ".join(values)
        if not any(v.strip() for v in values) or before in seen:
            continue
        seen.add(before)
        after = str(apply_steps(values, mapped.steps)) if mapped.steps else before
        if parts:
            parts.append(("  ·  ", "soft"))
        if after != before:
            parts += [(before, "soft"), (" → ", "accent"), after]
        else:
            parts.append(before)
        if len(seen) >= 5:
            break
    return parts or [("no values in the first rows", "soft")]
