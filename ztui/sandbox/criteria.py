"""Conditions on records, from search criteria (`((Last_Name:equals:Burns)and(...))`) or COQL parts, as SQL.

Values always travel as parameters; field names are checked against the module before they get near a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ztui.sandbox import records
from ztui.sandbox.clock import epoch
from ztui.sandbox.dates import iso_datetime
from ztui.sandbox.org import FieldDef, ModuleDef, Org

NUMERIC = frozenset({"integer", "bigint", "double", "currency", "percent"})
MAX_DEPTH = 30
MAX_CONDITIONS = 100
MAX_VALUE = 2000
MAX_WILDCARDS = 10
Sql = tuple[str, list[object]]
OPERATORS = {
    "equals": "=",
    "not_equal": "!=",
    "greater_than": ">",
    "greater_equal": ">=",
    "less_than": "<",
    "less_equal": "<=",
    "in": "in",
    "not_in": "not in",
    "between": "between",
    "starts_with": "starts_with",
    "contains": "contains",
}
_COMPARE = frozenset({"=", "!=", ">", ">=", "<", "<="})


class BadQuery(Exception):
    """A condition that cannot be understood; `column` when an unknown field is the reason."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


def column_sql(org: Org, module: ModuleDef, name: str) -> tuple[str, FieldDef]:
    """The expression for `Field`, `Lookup.id` or `Lookup.Field` (a field of the looked-up record)."""
    head, _, tail = name.partition(".")
    field = module.fields.get(head)
    if field is None:
        raise BadQuery("column given seems to be invalid", name)
    if not tail or tail == "id":
        return records.field_sql(field), field
    if tail == "name" and field.data_type in records.NAMED:
        return records.field_sql(field, "name"), field
    target = org.modules.get(field.lookup or "")
    if target is None or tail not in target.fields:
        raise BadQuery("column given seems to be invalid", name)
    inner = records.field_sql(target.fields[tail])
    own = records.field_sql(field)
    link = f"(SELECT {inner} FROM records WHERE id=CAST(own.link AS INTEGER))"
    return f"(SELECT {link} FROM (SELECT {own} AS link) AS own)", target.fields[tail]


def condition(org: Org, module: ModuleDef, name: str, operator: str, values: Sequence[str]) -> Sql:
    """One comparison; `operator` is a COQL one (=, in, like, between, is null, ...), or starts_with or contains."""
    column, field = column_sql(org, module, name)
    if operator in ("is null", "is not null"):
        blank = f"coalesce({column},'') IN ('','[]')"
        return (blank if operator == "is null" else f"NOT {blank}"), []
    if not values:
        raise BadQuery("value is missing")
    if any(len(v) > MAX_VALUE or v.count("%") > MAX_WILDCARDS for v in values):
        raise BadQuery("value given seems to be invalid", name)
    if field.data_type == "multiselectpicklist":
        return _multi(column, field, operator, values)
    if field.data_type in NUMERIC and field.api_name != "id":
        column = f"CAST({column} AS NUMERIC)"
    else:
        column = f"{column} COLLATE NOCASE"
    bound = [_value(field, v) for v in values]
    if operator in _COMPARE:
        if operator == "!=":
            return f"({column} IS NOT ?)", bound[:1]
        return f"({column} {operator} ?)", bound[:1]
    if operator in ("in", "not in"):
        marks = ",".join("?" * len(bound))
        sql = f"({column} IN ({marks}))"
        return (sql if operator == "in" else f"(NOT coalesce({sql},0))"), bound
    if operator == "between" and len(bound) == 2:
        return f"({column} BETWEEN ? AND ?)", bound
    if operator in ("like", "not like"):
        return f"({column} {operator.upper()} ? ESCAPE '!')", [_like(values[0])]
    if operator == "starts_with":
        return f"({column} LIKE ? ESCAPE '!')", [_literal(values[0]) + "%"]
    if operator == "contains":
        return f"({column} LIKE ? ESCAPE '!')", [f"%{_literal(values[0])}%"]
    raise BadQuery("operator given seems to be invalid", name)


def _multi(column: str, field: FieldDef, operator: str, values: Sequence[str]) -> Sql:
    wanted = [v.strip() for value in values for v in value.split(";") if v.strip()] or [""]
    path = f"$.{field.api_name}"
    marks = ",".join("?" * len(wanted))
    held = f"EXISTS (SELECT 1 FROM json_each(data,'{path}') WHERE value COLLATE NOCASE IN ({marks}))"
    if operator in ("=", "in", "contains", "like", "starts_with"):
        return held, [*wanted]
    if operator in ("!=", "not in", "not like"):
        return f"NOT {held}", [*wanted]
    raise BadQuery("operator given seems to be invalid", field.api_name)


def _literal(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("_", "!_")


def _value(field: FieldDef, text: str) -> object:
    plain = text.strip()
    if field.api_name in ("Created_Time", "Modified_Time", "Last_Activity_Time"):
        moment = epoch(plain)
        if moment is None:
            raise BadQuery("value given seems to be invalid", field.api_name)
        return int(moment)
    if field.data_type in NUMERIC:
        try:
            number = float(plain)
        except ValueError:
            raise BadQuery("value given seems to be invalid", field.api_name) from None
        if plain.lstrip("+-").isdigit() and len(plain) < 19:
            return int(plain)
        return int(plain) if plain.isdigit() and int(plain) < 2**63 else number
    if field.data_type == "boolean":
        return int(plain.lower() == "true")
    if field.data_type == "datetime":
        return iso_datetime(plain) or plain
    return plain


_CONNECTOR = re.compile(r"\s*(and|or)\s*(?=\()", re.IGNORECASE)


class _Search:
    """Reads search criteria by recursive descent."""

    def __init__(self, org: Org, module: ModuleDef, text: str) -> None:
        self.org, self.module, self.text = org, module, text
        self.at = 0
        self.conditions = 0

    def group(self, depth: int) -> Sql:
        if depth > MAX_DEPTH:
            raise BadQuery("criteria is nested too deeply")
        sql, args = self.item(depth)
        while match := _CONNECTOR.match(self.text, self.at):
            self.at = match.end()
            more, extra = self.item(depth)
            sql, args = f"({sql} {match[1].upper()} {more})", [*args, *extra]
        return sql, args

    def item(self, depth: int) -> Sql:
        self.skip()
        if self.text[self.at : self.at + 1] != "(":
            raise BadQuery("criteria needs parentheses")
        self.at += 1
        self.skip()
        if self.text[self.at : self.at + 1] == "(":
            found = self.group(depth + 1)
            self.skip()
            if self.text[self.at : self.at + 1] != ")":
                raise BadQuery("a parenthesis is not closed")
            self.at += 1
            return found
        return self.comparison()

    def skip(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def comparison(self) -> Sql:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise BadQuery("too many conditions")
        out: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
                out.append({",": "\0"}.get(self.text[self.at], self.text[self.at]))
            else:
                out.append(self.text[self.at])
            self.at += 1
        if self.at >= len(self.text):
            raise BadQuery("a parenthesis is not closed")
        self.at += 1
        name, _, rest = "".join(out).partition(":")
        word, colon, value = rest.partition(":")
        operator = OPERATORS.get(word.strip().lower())
        if operator is None or not colon:
            raise BadQuery("operator given seems to be invalid", name)
        values = value.split(",") if operator in ("in", "not in", "between") else [value]
        values = [v.replace("\0", ",") for v in values]
        if values == ["${EMPTY}"]:
            operator = "is null" if operator == "=" else "is not null"
        return condition(self.org, self.module, name.strip(), operator, values)


def search_sql(org: Org, module: ModuleDef, text: str) -> Sql:
    """Search criteria as SQL; "" means every record. BadQuery when it cannot be understood."""
    if not text.strip():
        return "1", []
    reader = _Search(org, module, text if text.strip().startswith("(") else f"({text})")
    found = reader.group(0)
    reader.skip()
    if reader.at != len(reader.text):
        raise BadQuery("criteria does not end where it should")
    return found
