"""What goes where: which columns feed which fields, through which steps, with which operation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ztui.model.crm import Operation

ArgValue = str | int | bool | tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One transform of a value: a name and its arguments as sorted (key, value) pairs; a table is a tuple of pairs.

    The names and their arguments are listed in `ztui.engine.transform`.
    """

    name: str
    args: tuple[tuple[str, ArgValue], ...] = ()

    @staticmethod
    def of(name: str, **args: ArgValue) -> Step:
        """Build a step; arguments are sorted so that equal steps compare equal."""
        return Step(name, tuple(sorted(args.items())))

    def arg(self, key: str, default: ArgValue = "") -> ArgValue:
        """The argument `key`, or `default`."""
        return next((v for k, v in self.args if k == key), default)


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One field of the module and where its value comes from.

    `columns` are 0-based source columns (several are combined by a `join` step); empty for a constant. `default` is
    used where the value is blank (and is the whole value of a constant): it is sent as Zoho's `default_value`.
    `find_by` names the field of the looked-up module that the value matches (lookups and owners only).
    """

    api_name: str
    columns: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    default: str | None = None
    find_by: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. `headers` are the file's headers it was made for: columns are indexes into them.

    `ignore_empty` true leaves a field alone where the cell is blank, false clears it (Zoho's own default is false).
    `find_by` is the key for update and upsert. `layout_id` puts every record on one layout. `listed` is False when
    `headers` are not the columns of a file but only those mentioned (unnamed ones by their number), until it is adapted
    to a file.
    """

    module: str
    operation: Operation = Operation.INSERT
    find_by: str | None = None
    ignore_empty: bool = True
    layout_id: str | None = None
    callback_url: str | None = None
    headers: tuple[str, ...] = ()
    fields: tuple[FieldMapping, ...] = ()
    listed: bool = True

    def for_field(self, api_name: str) -> FieldMapping | None:
        """How this field is fed, or None when it is not mapped."""
        return next((f for f in self.fields if f.api_name == api_name), None)

    def for_column(self, index: int) -> tuple[FieldMapping, ...]:
        """The fields this column feeds."""
        return tuple(f for f in self.fields if index in f.columns)

    def with_field(self, mapped: FieldMapping) -> Mapping:
        """A copy in which this field is fed so; its place among the fields is kept."""
        if self.for_field(mapped.api_name) is None:
            return replace(self, fields=(*self.fields, mapped))
        fields = tuple(mapped if f.api_name == mapped.api_name else f for f in self.fields)
        return replace(self, fields=fields)

    def without_field(self, api_name: str) -> Mapping:
        """A copy in which this field is not mapped."""
        return replace(self, fields=tuple(f for f in self.fields if f.api_name != api_name))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal for one column: a field or None (leave out), how sure (0..1), and a reason a person can check.

    `steps` are the transforms the values call for; `alternatives` further fields with their confidence. `find_by` is
    the field of the looked-up module that the values match; `question` what only a person can decide (then `steps` is
    empty).
    """

    index: int
    header: str
    api_name: str | None
    confidence: float
    reason: str
    steps: tuple[Step, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    find_by: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """What became of one column since a mapping was made. `kind` is "missing", "moved", "renamed" or "new".

    `was` and `now` are its 0-based places then and now (None where there is none); `fields` are the API names it feeds;
    `new_header` is set for "renamed".
    """

    kind: str
    header: str
    was: int | None = None
    now: int | None = None
    fields: tuple[str, ...] = ()
    new_header: str = ""
