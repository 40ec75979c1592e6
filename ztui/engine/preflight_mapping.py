"""Checks a mapping by itself, without reading a row: what Zoho would refuse the whole job for, or regret."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from ztui.catalogue.knowledge import date_formats, field_type, limits, modules
from ztui.engine.checkers import checker
from ztui.engine.preflight_rows import declared_format
from ztui.engine.rules import finding
from ztui.engine.transform import check_steps
from ztui.engine.transform_values import BLANKS
from ztui.model.crm import Field, ModuleSchema, Operation
from ztui.model.finding import Finding, Severity
from ztui.model.mapping import FieldMapping, Mapping


def check_mapping(
    mapping: Mapping, schema: ModuleSchema, headers: Sequence[str], *, version: str = "v2.1"
) -> tuple[Finding, ...]:
    """Everything wrong with the mapping itself; findings have scope "mapping", errors among them block the run.

    `headers` are the file's. `version` is the API version, which decides the modules that can be imported.
    """
    return (
        *_module(schema, version),
        *_fields(mapping, schema, headers),
        *_required(mapping, schema),
        *_key(mapping, schema),
        *_options(mapping, schema),
    )


def _problem(name: str, field: Field | str | None = None, column: int | None = None, **params: str | None) -> Finding:
    label = field.label if isinstance(field, Field) else field
    api_name = field.api_name if isinstance(field, Field) else field
    facts = tuple((k, v) for k, v in params.items() if v)
    return finding(
        name,
        scope="mapping",
        column=column,
        api_name=api_name,
        params=((("field", label), *facts) if label else facts),
    )


def _module(schema: ModuleSchema, version: str) -> Iterator[Finding]:
    module = schema.module
    if not module.api_supported or not modules().importable(module.api_name, module.generated_type, version=version):
        yield _problem("MODULE_UNSUPPORTED", module=module.plural_label or module.api_name, version=version)


def _fields(mapping: Mapping, schema: ModuleSchema, headers: Sequence[str]) -> Iterator[Finding]:
    fed = [f for f in mapping.fields if f.columns or f.default is not None]
    if not any(f.columns for f in mapping.fields):
        yield _problem("NOTHING_MAPPED")
    most = limits().columns
    if len(fed) > most:
        yield _problem("TOO_MANY_COLUMNS", max=str(most), actual=str(len(fed)))
    for name, count in Counter(f.api_name for f in mapping.fields).items():
        if count > 1:
            yield _problem("FIELD_FED_TWICE", schema.field(name) or name)
    for mapped in fed:
        field = schema.field(mapped.api_name)
        if field is None:
            yield _unknown(mapped, schema)
            continue
        known = field_type(field.data_type)
        is_key = mapped.api_name == mapping.find_by and mapping.operation is not Operation.INSERT
        if not is_key and not (known.writable and field.visible and field.writable(mapping.operation)):
            why = known.why if field.visible else "It is hidden from your profile."
            yield _problem("FIELD_READ_ONLY", field, _column(mapped), reason=why)
        for column in mapped.columns:
            if not 0 <= column < len(headers):
                yield _problem("COLUMN_NOT_THERE", field, column)
        wrong = check_steps(mapped.steps) or _declares_a_time(mapped, field)
        if wrong:
            yield _problem("STEP_IMPOSSIBLE", field, _column(mapped), reason=wrong)
        elif mapped.default:
            yield from _constant(mapped, field)


def _declares_a_time(mapped: FieldMapping, field: Field) -> str | None:
    """What is wrong with steps that write a time where the field is a mere date: Zoho refuses the job."""
    pattern = declared_format(mapped, field) or ""
    if field_type(field.data_type).check != "date" or not any(letter in pattern for letter in "HmsX"):
        return None
    sent = date_formats().sent_date
    return f"They write {pattern}, but {field.label} is a date without a time: use the step “date”, or out = {sent}"


def _column(mapped: FieldMapping) -> int | None:
    return mapped.columns[0] if mapped.columns else None


def _unknown(mapped: FieldMapping, schema: ModuleSchema) -> Finding:
    names = {f.api_name.casefold(): f.api_name for f in schema.fields}
    names |= {f.label.casefold(): f.api_name for f in schema.fields}
    asked = mapped.api_name.casefold()
    close = get_close_matches(asked.replace(" ", "_"), names, n=1, cutoff=0.7) or get_close_matches(asked, names, n=1)
    return _problem(
        "FIELD_UNKNOWN",
        mapped.api_name,
        _column(mapped),
        module=schema.module.plural_label,
        nearest=names[close[0]] if close else None,
    )


def _constant(mapped: FieldMapping, field: Field) -> Iterator[Finding]:
    value = mapped.default or ""
    for violation in checker(field, find_by=mapped.find_by, declared=declared_format(mapped, field))(value):
        if violation.error:
            yield _problem("CONSTANT_WRONG", field, value=value, reason=violation.rule.lower().replace("_", " "))
        elif violation.rule in ("NEW_CHOICE", "NO_SUCH_LAYOUT"):
            facts = (("field", field.label), *violation.params)
            yield finding(violation.rule, scope="mapping", api_name=field.api_name, value=value, params=facts)


def _required(mapping: Mapping, schema: ModuleSchema) -> Iterator[Finding]:
    if mapping.operation is Operation.UPDATE:
        return
    fed = {f.api_name for f in mapping.fields if f.columns or (f.default or "").strip(BLANKS)}
    for field in schema.fields:
        if field.mandatory and field.can_create and field.api_name not in fed:
            yield _problem("REQUIRED_UNMAPPED", field, module=schema.module.plural_label)


def _key(mapping: Mapping, schema: ModuleSchema) -> Iterator[Finding]:
    fed = {f.api_name for f in mapping.fields if f.columns}
    if mapping.find_by is None:
        if mapping.operation is not Operation.INSERT:
            nearest = next((f.api_name for f in schema.key_fields() if f.api_name in fed), None)
            nearest = nearest or modules().duplicate_check.get(schema.module.api_name)
            yield _problem("KEY_NOT_CHOSEN", operation=mapping.operation.value.capitalize(), nearest=nearest)
        return
    field = schema.field(mapping.find_by)
    if field is None:
        yield _unknown(FieldMapping(mapping.find_by), schema)
        return
    if mapping.find_by not in fed:
        yield _problem("KEY_NOT_MAPPED", field)
    checked = modules().duplicate_check.get(schema.module.api_name)
    if field not in schema.key_fields() and field.api_name != checked:
        yield _problem("KEY_NOT_UNIQUE", field)


def _options(mapping: Mapping, schema: ModuleSchema) -> Iterator[Finding]:
    if not mapping.ignore_empty and mapping.operation is not Operation.INSERT:
        yield _problem("BLANKS_ERASE")
    if mapping.layout_id and schema.layouts and mapping.layout_id not in {lay.id for lay in schema.layouts}:
        yield _problem("LAYOUT_UNKNOWN", value=mapping.layout_id, module=schema.module.plural_label)
    if mapping.callback_url:
        reason = callback_problem(mapping.callback_url)
        if reason:
            found = _problem("CALLBACK_REFUSED", reason=reason)
            yield found


def callback_problem(url: str) -> str | None:
    """Why Zoho would not call this URL, as a sentence; None when nothing speaks against it.

    Refused as captured ("possible ssrf attempt"): no path, no public host, user-info, other schemes. Names are not
    resolved here. Plain http is let pass: one such URL with a path was accepted.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return "It is no URL."
    if parts.scheme not in ("http", "https"):
        return "It does not start with https://."
    if not host or not port_ok:
        return "It names no host."
    if parts.username or parts.password:
        return "It holds a user name or password."
    if not parts.path:
        return "It has no path."
    try:
        ipaddress.ip_address(host)
    except ValueError:
        local = host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".localhost"))
        return "Its host is not public." if local else None
    return "Its host is a bare IP address."


def blocking(findings: Sequence[Finding]) -> bool:
    """True when one of the findings would have the whole job refused."""
    return any(f.severity is Severity.ERROR and f.scope != "row" for f in findings)
