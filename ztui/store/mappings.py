"""Mapping files: TOML that people read, edit, share and keep in git.

    version = 1
    module = "Leads"
    operation = "upsert"                # insert (default), update, upsert
    find_by = "Email"                   # the key of update and upsert: an API name
    ignore_empty = true                 # blank cells leave fields alone (default); false: they clear them
    layout = "4150868000000091055"      # id of a layout, if not the default one
    callback = "https://example.com/done"
    headers = ["First Name", "Email"]   # all columns of the file it was made for; tells drift, may be left out

    [[field]]
    api_name = "Email"
    column = "E-mail"                   # a column by name, or by number (1 is the first); several: columns = ["A", "B"]
    steps = ["trim", { step = "case", to = "lower" }]
    default = "x@example.com"           # sent where the cell is blank

    [[field]]
    api_name = "Owner"
    column = "Salesperson"
    find_by = "email"                   # lookups and owners: the field of the other record that the value equals

    [[field]]
    api_name = "Lead_Source"
    constant = "Trade fair"             # no column: the same for every row

A repeated header is written with its number: "Phone (2)". The arguments of steps are those of `ztui.engine.transform`;
a value table is a table: `{ step = "map", table = { hot = "Hot" } }`. What is wrong in a file is told with the file,
line, key and the nearest key there is.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ztui.errors import ConfigError
from ztui.model.crm import Operation
from ztui.model.mapping import ArgValue, FieldMapping, Mapping, Step
from ztui.store.atomic import store_error, write_whole

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_WIDEST = 100_000
"""No file has more columns; keeps a wild column number from filling the memory."""
_HEAD = "# A mapping of ztui: which column feeds which field. To be read, edited and shared.\n\n"


class _Field(BaseModel):
    """One `[[field]]` table."""

    model_config = ConfigDict(extra="forbid", strict=True)
    api_name: str
    column: str | int | None = None
    columns: list[str | int] = []
    steps: list[str | dict[str, Any]] = []
    constant: str | None = None
    default: str | None = None
    find_by: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> _Field:
        if self.column is not None and self.columns:
            raise ValueError("`column` and `columns` exclude each other")
        if self.constant is not None and (self.sources or self.default is not None):
            raise ValueError("`constant` excludes `column`, `columns` and `default`")
        if self.constant is None and not self.sources:
            raise ValueError("one of `column`, `columns` and `constant` must be there")
        return self

    @property
    def sources(self) -> list[str | int]:
        """The columns, by name or 1-based number."""
        return [self.column] if self.column is not None else list(self.columns)


class _File(BaseModel):
    """A whole mapping file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    version: Literal[1] = 1
    module: str
    operation: Literal["insert", "update", "upsert"] = "insert"
    find_by: str | None = None
    ignore_empty: bool = True
    layout: str | None = None
    callback: str | None = None
    headers: list[str] = []
    field: list[_Field] = []


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file. Its columns point into its own `headers`; adapt it to a file before use.

    Raises ConfigError: MAPPING_MISSING, MAPPING_BROKEN (line, column) when it is not TOML, MAPPING_INVALID (line, key,
    near) when something in it makes no sense; StoreError when it may not be read.
    """
    text = _text(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        said = str(reason)
        at = _AT.search(said)
        line, column = (at[1], at[2]) if at and at[1] else (str(len(text.splitlines()) or 1), "1")
        details = {"path": str(path), "line": line, "column": column, "reason": _AT.sub("", said)}
        raise ConfigError("MAPPING_BROKEN", details=details) from reason
    try:
        file = _File.model_validate(document)
    except ValidationError as wrong:
        raise _invalid(path, text, wrong) from None
    return _mapping(file, path, text)


def write_mapping(path: Path, mapping: Mapping) -> None:
    """Write the mapping so that `read_mapping` gives the same. Raises StoreError when the disk refuses."""
    write_whole(path, _text_of(mapping).encode(), mode=0o644)


def key_error(path: Path, field_number: int, key: str, reason: str, near: str = "") -> ConfigError:
    """A ConfigError about a key of the `field_number`-th (0-based) field of a mapping file, with its line."""
    line = _line(_text(path), ("field", field_number, key))
    return _error(path, f"field {field_number + 1}: {key}", reason, line, near)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as reason:
        raise ConfigError("MAPPING_MISSING", details={"path": str(path)}) from reason
    except IsADirectoryError as reason:
        raise ConfigError("MAPPING_MISSING", details={"path": str(path)}) from reason
    except OSError as reason:
        raise store_error(path, reason) from reason
    except UnicodeDecodeError as reason:
        details = {"path": str(path), "line": "", "column": "", "reason": "it is not UTF-8 text"}
        raise ConfigError("MAPPING_BROKEN", details=details) from reason


def _error(path: Path, key: str, reason: str, line: int | None, near: str = "") -> ConfigError:
    details = {"path": str(path), "key": key, "reason": reason, "line": str(line or ""), "near": near}
    return ConfigError("MAPPING_INVALID", details=details)


def _invalid(path: Path, text: str, wrong: ValidationError) -> ConfigError:
    # A misspelt key explains the missing one.
    errors = wrong.errors(include_input=False, include_url=False)
    first = min(errors, key=lambda e: e["type"] != "extra_forbidden")
    at = tuple(part for part in first["loc"] if part not in ("str", "int", "dict[str,any]"))
    reason = first["msg"].removeprefix("Value error, ")
    near = ""
    if first["type"] == "extra_forbidden":
        reason = "there is no such key"
        known = _Field.model_fields if len(at) > 2 else _File.model_fields
        close = difflib.get_close_matches(str(at[-1]), known, n=1, cutoff=0.5)
        near = close[0] if close else ""
    elif first["type"] == "missing":
        reason = "it must be there"
    elif first["type"] == "list_type" and at == ("field",):
        reason = "write it with double brackets: [[field]]"
    elif first["type"] == "literal_error":
        expected = (first.get("ctx") or {}).get("expected", "")
        reason = f"it must be {expected}"
    key = " ".join(f"{p + 1}:" if isinstance(p, int) else str(p) for p in at).removesuffix(":")
    return _error(path, key, reason, _line(text, at), near)


def _line(text: str, at: tuple[str | int, ...]) -> int | None:
    """The 1-based line a key stands on, or that of its `[[field]]`, as far as a look at the lines can tell."""
    lines = text.splitlines()
    start, end = 0, len(lines)
    if len(at) > 1 and at[0] == "field" and isinstance(at[1], int):
        heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[\[\s*field\s*\]\]", line)]
        if at[1] >= len(heads):
            return None
        start = heads[at[1]]
        end = heads[at[1] + 1] if at[1] + 1 < len(heads) else len(lines)
        wanted = at[2:3]
    else:
        wanted = at[:1]
    for key in wanted:
        for number in range(start, end):
            if re.match(rf"\s*[\"']?{re.escape(str(key))}[\"']?\s*=", lines[number]):
                return number + 1
    return start + 1 if len(at) > 1 else None


def _mapping(file: _File, path: Path, text: str) -> Mapping:
    numbers = (s for table in file.field for s in table.sources if isinstance(s, int))
    # Without a list of headers the columns mentioned make it up: first as many as are given by number, then the named.
    headers = list(file.headers) or [""] * min(max((0, *numbers)), _WIDEST)
    fields: list[FieldMapping] = []
    for number, table in enumerate(file.field):
        if any(f.api_name == table.api_name for f in fields):
            raise _error(path, f"field {number + 1}: api_name", f"{table.api_name} is fed twice", _at(text, number))
        columns = []
        for source in table.sources:
            column = _column(source, headers, fixed=bool(file.headers))
            if column is None:
                close = difflib.get_close_matches(str(source), headers, n=1, cutoff=0.5)
                raise _error(
                    path,
                    f"field {number + 1}: column",
                    f"{source!r} is not among `headers`",
                    _line(text, ("field", number, "column")),
                    close[0] if close else "",
                )
            columns.append(column)
        default = table.constant if table.constant is not None else table.default
        steps = tuple(_step(s, path, text, number) for s in table.steps)
        fields.append(FieldMapping(table.api_name, tuple(columns), steps, default, table.find_by))
    return Mapping(
        file.module,
        Operation(file.operation),
        find_by=file.find_by,
        ignore_empty=file.ignore_empty,
        layout_id=file.layout,
        callback_url=file.callback,
        headers=tuple(headers),
        fields=tuple(fields),
        listed=bool(file.headers),
    )


def _at(text: str, number: int) -> int | None:
    return _line(text, ("field", number, "api_name"))


def _column(source: str | int, headers: list[str], *, fixed: bool) -> int | None:
    """The 0-based place of a column, which is taken up into the headers unless they are fixed."""
    if isinstance(source, int):
        return source - 1 if 1 <= source <= len(headers) else None
    if source in headers:
        return headers.index(source)
    if fixed:
        return None
    headers.append(source)
    return len(headers) - 1


def _step(written: str | dict[str, Any], path: Path, text: str, number: int) -> Step:
    if isinstance(written, str):
        return Step(written)
    args = dict(written)
    name = args.pop("step", None)
    if not isinstance(name, str):
        raise _error(path, f"field {number + 1}: steps", "a step needs its name: step = …", _at(text, number))
    return Step.of(name, **{k: _arg(v) for k, v in args.items()})


def _arg(value: object) -> ArgValue:
    if isinstance(value, dict):
        return tuple((str(k), str(v)) for k, v in value.items())
    if isinstance(value, (bool, int, str)):
        return value
    return str(value)


def _text_of(mapping: Mapping) -> str:
    head: dict[str, Any] = {"version": 1, "module": mapping.module, "operation": mapping.operation.value}
    for key, value in (
        ("find_by", mapping.find_by),
        ("ignore_empty", mapping.ignore_empty),
        ("layout", mapping.layout_id),
        ("callback", mapping.callback_url),
        ("headers", list(mapping.headers) or None),
    ):
        if value is not None:
            head[key] = value
    return _HEAD + tomli_w.dumps(head) + "".join(_field_text(f, mapping.headers) for f in mapping.fields)


def _field_text(mapped: FieldMapping, headers: tuple[str, ...]) -> str:
    """One `[[field]]`; steps on one line, or in tables of their own where one of them has a value table."""
    table: dict[str, Any] = {"api_name": mapped.api_name}
    sources = [headers[c] if c < len(headers) and headers.count(headers[c]) == 1 else c + 1 for c in mapped.columns]
    if len(sources) == 1:
        table["column"] = sources[0]
    elif sources:
        table["columns"] = sources
    if mapped.default is not None or not sources:
        table["default" if sources else "constant"] = mapped.default or ""
    if mapped.find_by is not None:
        table["find_by"] = mapped.find_by
    text = "\n[[field]]\n" + tomli_w.dumps(table)
    if not any(isinstance(value, tuple) for step in mapped.steps for _, value in step.args):
        steps = ", ".join(_step_text(s) for s in mapped.steps)
        return text + (f"steps = [{steps}]\n" if steps else "")
    for step in mapped.steps:
        text += "\n[[field.steps]]\n" + tomli_w.dumps(
            {"step": step.name, **{k: v for k, v in step.args if not isinstance(v, tuple)}}
        )
        for key, value in step.args:
            if isinstance(value, tuple):
                text += f"\n[field.steps.{key}]\n" + tomli_w.dumps(dict(value))
    return text


def _step_text(step: Step) -> str:
    args = [("step", step.name), *step.args]
    pairs = ", ".join(tomli_w.dumps({key: value}).strip() for key, value in args)
    return f"{{ {pairs} }}" if step.args else tomli_w.dumps({"s": step.name}).removeprefix("s = ").strip()
