"""COQL as an importer needs it: `select … from Module where … order by … limit …`, read into SQL and column names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ztui.sandbox.criteria import MAX_CONDITIONS, MAX_DEPTH, BadQuery, Sql, column_sql, condition
from ztui.sandbox.org import ModuleDef, Org

MAX_FIELDS = 50
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<word>[A-Za-z_$][A-Za-z0-9_.$]*)"
    r"|(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?)|(?P<sign><=|>=|!=|<>|[=<>(),*]))",
    re.DOTALL,
)


@dataclass(slots=True)
class Query:
    """A parsed query. `counting` is true for `select COUNT(id)`."""

    module: ModuleDef
    columns: list[str]
    where: Sql
    order: str = ""
    limit: int = 200
    offset: int = 0
    counting: bool = False
    aliases: dict[str, str] = field(default_factory=dict)


class _Reader:
    """A cursor over the query's tokens."""

    def __init__(self, org: Org, text: str) -> None:
        self.org = org
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        self.conditions = 0
        place, end = 0, len(text.rstrip())
        while place < end:
            match = _TOKEN.match(text, place)
            if match is None:
                raise BadQuery("error occurred while parsing the query", text[place : place + 20])
            self.tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            place = match.end()

    def peek(self) -> str:
        return self.tokens[self.at][1].lower() if self.at < len(self.tokens) else ""

    def next(self, *kinds: str) -> str:
        if self.at >= len(self.tokens) or (kinds and self.tokens[self.at][0] not in kinds):
            raise BadQuery("error occurred while parsing the query", self.peek())
        self.at += 1
        return self.tokens[self.at - 1][1]

    def take(self, *words: str) -> bool:
        if [t[1].lower() for t in self.tokens[self.at : self.at + len(words)]] != list(words):
            return False
        self.at += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.take(*words):
            raise BadQuery("error occurred while parsing the query", self.peek())


def parse(org: Org, text: str) -> Query:
    """Read a query; BadQuery (with the piece it stumbled over as `column`) when it cannot be understood."""
    reader = _Reader(org, text)
    reader.expect("select")
    columns, counting = _columns(reader)
    reader.expect("from")
    name = reader.next("word")
    module = org.modules.get(name)
    if module is None:
        raise BadQuery("the module name given seems to be invalid", name)
    for column in columns:
        column_sql(org, module, column)
    where: Sql = ("1", [])
    if reader.take("where"):
        where = _disjunction(reader, module, 0)
    query = Query(module, columns, where, counting=counting)
    if reader.take("order", "by"):
        query.order = _order(reader, module)
    if reader.take("limit"):
        first = _count(reader)
        if reader.take(","):
            query.offset, query.limit = first, _count(reader)
        else:
            query.limit = first
            if reader.take("offset"):
                query.offset = _count(reader)
    if reader.at != len(reader.tokens):
        raise BadQuery("error occurred while parsing the query", reader.peek())
    return query


def _columns(reader: _Reader) -> tuple[list[str], bool]:
    if reader.take("count", "(", "id", ")") or reader.take("count", "(", "*", ")"):
        return [], True
    columns = [reader.next("word")]
    while reader.take(","):
        columns.append(reader.next("word"))
    if len(columns) > MAX_FIELDS:
        raise BadQuery("select has too many columns")
    return columns, False


def _count(reader: _Reader) -> int:
    text = reader.next("number")
    if not text.isdigit() or len(text) > 9:
        raise BadQuery("limit given seems to be invalid", text)
    return int(text)


def _order(reader: _Reader, module: ModuleDef) -> str:
    parts = []
    while True:
        sql, _ = column_sql(reader.org, module, reader.next("word"))
        direction = "DESC" if reader.take("desc") else "ASC"
        reader.take("asc")
        parts.append(f"{sql} {direction}")
        if not reader.take(","):
            return ", ".join(parts)


def _disjunction(reader: _Reader, module: ModuleDef, depth: int) -> Sql:
    sql, args = _conjunction(reader, module, depth)
    while reader.take("or"):
        more, extra = _conjunction(reader, module, depth)
        sql, args = f"({sql} OR {more})", [*args, *extra]
    return sql, args


def _conjunction(reader: _Reader, module: ModuleDef, depth: int) -> Sql:
    sql, args = _comparison(reader, module, depth)
    while reader.take("and"):
        more, extra = _comparison(reader, module, depth)
        sql, args = f"({sql} AND {more})", [*args, *extra]
    return sql, args


def _comparison(reader: _Reader, module: ModuleDef, depth: int) -> Sql:
    reader.conditions += 1
    if depth > MAX_DEPTH or reader.conditions > MAX_CONDITIONS:
        raise BadQuery("criteria limit exceeded")
    if reader.take("("):
        found = _disjunction(reader, module, depth + 1)
        reader.expect(")")
        return found
    name = reader.next("word")
    if reader.take("is", "not", "null"):
        return condition(reader.org, module, name, "is not null", ())
    if reader.take("is", "null"):
        return condition(reader.org, module, name, "is null", ())
    negated = reader.take("not")
    if reader.take("in"):
        reader.expect("(")
        values = [_literal(reader)]
        while reader.take(","):
            values.append(_literal(reader))
        reader.expect(")")
        return condition(reader.org, module, name, "not in" if negated else "in", values)
    if reader.take("like"):
        return condition(reader.org, module, name, "not like" if negated else "like", [_literal(reader)])
    if reader.take("between"):
        low = _literal(reader)
        reader.expect("and")
        return condition(reader.org, module, name, "between", [low, _literal(reader)])
    sign = reader.next("sign")
    return condition(reader.org, module, name, "!=" if sign == "<>" else sign, [_literal(reader)])


def _literal(reader: _Reader) -> str:
    text = reader.next("text", "number", "word")
    if text.startswith("'"):
        return re.sub(r"\\(.)|''", lambda m: m[1] or "'", text[1:-1], flags=re.DOTALL)
    return text
