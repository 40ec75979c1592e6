"""Proposals and mappings in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ztui.engine.transform import describe_step
from ztui.model.counting import how_many, plural
from ztui.model.crm import ModuleSchema
from ztui.model.mapping import FieldMapping, Mapping, Suggestion
from ztui.present.runs import started
from ztui.present.text import clip, pad, visible, width

CARRIED = "Your mapping is kept: the same columns have other names now.  ctrl+z takes it back."
"""What is said when the file is read another way and its columns are the same, called otherwise."""


def unsent_is_back(at: str, now: datetime) -> str:
    """What is said when a mapping that was left unsent at this time (ISO-8601) is there again."""
    return f"Your unsent mapping of {started(at, now)} is back.  ctrl+z goes back to the proposal."


def suggestion_data(suggestions: Sequence[Suggestion], raw_headers: Sequence[str]) -> dict[str, Any]:
    """The proposal as `ztui suggest --json` prints it: index, header as in the file, api_name, confidence, reason."""
    return {
        "headers": [
            {
                "index": s.index,
                "header": raw_headers[s.index],
                "api_name": s.api_name,
                "confidence": s.confidence,
                "reason": s.reason,
            }
            for s in suggestions
        ]
    }


def suggestion_lines(suggestions: Sequence[Suggestion], schema: ModuleSchema) -> list[str]:
    """One line per column: header, field, confidence, reason; open ones with what they might be; questions below."""
    names = [clip(visible(s.header) or "(no name)", 36) for s in suggestions]
    fields = [_field_name(s.api_name, schema) for s in suggestions]
    left, middle = max(map(width, names), default=0), max(map(width, fields), default=0)
    out = []
    for s, name, target in zip(suggestions, names, fields, strict=True):
        sure = f"{round(s.confidence * 100):>3}%" if s.api_name else "    "
        out.append(f"{pad(name, left)}  {pad(target, middle)}  {sure}  {visible(s.reason)}".rstrip())
        if s.steps:
            steps = ", then ".join(describe_step(step) for step in s.steps)
            out.append(f"{' ' * left}  {' ' * middle}        {steps}")
        if s.question:
            out.append(f"{' ' * left}  {' ' * middle}        to be decided: {visible(s.question)}")
    mapped = sum(1 for s in suggestions if s.api_name)
    out.append("")
    columns = how_many(len(suggestions), "column")
    out.append(f"{mapped} of {columns} {plural(mapped, 'has', 'have')} a field in {schema.module.plural_label}.")
    missing = [f.label for f in schema.fields if f.mandatory and not any(s.api_name == f.api_name for s in suggestions)]
    if missing:
        out.append(f"Without a column: {', '.join(missing)} (mandatory).")
    return out


def _field_name(api_name: str | None, schema: ModuleSchema) -> str:
    if api_name is None:
        return "—"
    of = schema.field(api_name)
    return visible(of.label if of is not None else api_name)


def mapping_lines(mapping: Mapping, schema: ModuleSchema | None = None) -> list[str]:
    """The mapping, one field a line: what feeds it and through which steps."""
    return [_mapped_line(f, mapping, schema) for f in mapping.fields]


def _mapped_line(mapped: FieldMapping, mapping: Mapping, schema: ModuleSchema | None) -> str:
    of = schema.field(mapped.api_name) if schema is not None else None
    name = visible(of.label if of is not None else mapped.api_name)
    columns = [visible(mapping.headers[c]) if c < len(mapping.headers) else f"column {c + 1}" for c in mapped.columns]
    source = " + ".join(columns) if columns else f"the constant {visible(mapped.default or '')!r}"
    steps = "".join(f", {describe_step(step)}" for step in mapped.steps)
    default = f", {visible(mapped.default)!r} where blank" if columns and mapped.default else ""
    found = f", matched by {mapped.find_by}" if mapped.find_by else ""
    return f"{name} ← {source}{steps}{default}{found}"
