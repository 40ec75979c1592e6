"""Zoho's facts as typed values: limits, data centres, field types, scopes, modules, versions, date formats.

Each is read from its TOML file once. An unknown data type or data centre is answered sensibly, never with an error
where the server's word is at stake.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from ztui.catalogue.facts import (
    DataCenter,
    DateFormats,
    Edition,
    FieldType,
    Limits,
    ModuleRules,
    Scope,
    Scopes,
    Versions,
)
from ztui.catalogue.loader import read_data
from ztui.model.profile import Domains

_NOT_CENTERS = ("environments", "trusted")


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}


@cache
def limits() -> Limits:
    """The numbers of limits.toml; its sections only group them."""
    data = dict(read_data("limits"))
    editions = {key: Edition(**values) for key, values in data.pop("editions").items()}
    flat: dict[str, Any] = {}
    for section in data.values():
        flat.update(_tuples(section))
    flat["mass_update_fields_by_module"] = MappingProxyType(flat["mass_update_fields_by_module"])
    return Limits(editions=MappingProxyType(editions), **flat)


@cache
def data_centers() -> Mapping[str, DataCenter]:
    """The data centres by key ("us", "eu", …), the sure ones first."""
    tables = {k: v for k, v in read_data("data_centers").items() if k not in _NOT_CENTERS}
    return MappingProxyType({key: DataCenter(key=key, **_tuples(values)) for key, values in tables.items()})


@cache
def environments() -> tuple[str, ...]:
    """The environments of an org: production, sandbox, developer."""
    return tuple(read_data("data_centers")["environments"])


def domains(data_center: str, environment: str = "production") -> Domains:
    """The base URLs of a data centre and environment. Raises KeyError for an unknown one."""
    center = data_centers()[data_center]
    prefix = read_data("data_centers")["environments"][environment]
    return Domains(
        api=f"https://{prefix}.{center.api}",
        accounts=f"https://{center.accounts}",
        upload=f"https://{center.upload}",
        download=f"https://{center.download}",
    )


def data_center_of(host: str) -> str | None:
    """The key of the data centre to which a Zoho host belongs, or None; the longest matching domain decides."""
    host = host.lower().rstrip(".")
    best: tuple[int, str] | None = None
    for key, center in data_centers().items():
        own = {center.accounts.removeprefix("accounts."), center.api, center.upload, center.download}
        for domain in own:
            if (host == domain or host.endswith("." + domain)) and (best is None or len(domain) > best[0]):
                best = (len(domain), key)
    return best[1] if best else None


def is_zoho_host(host: str) -> bool:
    """True when a token may travel to this host (over https): it is one of Zoho's domains or below one."""
    host = host.lower().rstrip(".")
    trusted: list[str] = read_data("data_centers")["trusted"]["domains"]
    return any(host == domain or host.endswith("." + domain) for domain in trusted)


@cache
def field_types() -> Mapping[str, FieldType]:
    """What is known of each data type, by Zoho's word for it."""
    return MappingProxyType(
        {
            name: FieldType(data_type=name, **{"writable": True, **values})
            for name, values in read_data("field_types").items()
        }
    )


def field_type(data_type: str) -> FieldType:
    """What is known of this data type; an unknown one is writable text of any length, with `known` false."""
    known = field_types().get(data_type)
    if known is not None:
        return known
    return FieldType(data_type, data_type, True, "none", "ztui does not know this type: the value is sent as it is.",
                     known=False)  # fmt: skip


@cache
def scopes() -> Scopes:
    """The OAuth scopes: the recommended line and what each need takes."""
    data = read_data("scopes")
    needs = {key: Scope(v["need"], tuple(v["any_of"])) for key, v in data["needs"].items()}
    return Scopes(tuple(data["recommended"]), MappingProxyType(needs))


@cache
def modules() -> ModuleRules:
    """What bulk write makes of modules."""
    data = read_data("modules")
    sets = {
        f.name: frozenset(data[f.name])
        for f in dataclasses.fields(ModuleRules)
        if f.name not in ("system_mandatory", "duplicate_check")
    }
    return ModuleRules(
        system_mandatory=MappingProxyType(_tuples(data["system_mandatory"])),
        duplicate_check=MappingProxyType(data["duplicate_check"]),
        **sets,
    )


@cache
def versions() -> Versions:
    """The API versions and their dialects."""
    return Versions(**_tuples(read_data("versions")))


@cache
def date_formats() -> DateFormats:
    """The date patterns bulk write takes, and those ztui sends."""
    return DateFormats(**_tuples(read_data("date_formats")))
