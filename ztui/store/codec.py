"""Frozen dataclasses to JSON and back, by their type hints alone.

Owns the text form of everything the ledger keeps (plans, events, states). Fields at their default are left out and
unknown keys are ignored, so that a ledger written by an older or a newer ztui still reads. It knows no particular
class: any slotted frozen dataclass of strings, numbers, enums, paths, tuples, dicts and unions of these will do.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

TAG = "_"
"""The key that names the class where a union leaves several open."""


def dumps(value: object, *, tagged: bool = False) -> str:
    """The JSON text of a dataclass (or a tuple of them); `tagged` names its class for `loads` of a union."""
    return json.dumps(encode(value, tagged=tagged), ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """The value whose `dumps` is `text`; ValueError when the text does not describe a `kind`."""
    return cast(T, loads_union(kind, text))


def loads_union(kind: object, text: str) -> Any:
    """The value whose `dumps(…, tagged=True)` is `text`, where `kind` is a union of dataclasses."""
    return _decoder(kind)(json.loads(text))


def encode(value: object, *, tagged: bool = False) -> Any:
    """A dataclass as plain JSON values."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        out: dict[str, Any] = {TAG: type(value).__name__} if tagged else {}
        for name, default in _defaults(type(value)):
            item = getattr(value, name)
            if default is MISSING or item != default:
                out[name] = encode(item)
        return out
    raise TypeError(f"{type(value).__name__} has no JSON form here")


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    pairs: list[tuple[str, object]] = []
    for item in fields(kind):
        if item.default is not MISSING:
            pairs.append((item.name, item.default))
        elif item.default_factory is not MISSING:
            pairs.append((item.name, item.default_factory()))
        else:
            pairs.append((item.name, MISSING))
    return tuple(pairs)


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    if kind is Any or kind is object or kind in (str, int, bool, float, type(None)):
        return _same
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if kind is Path:
        return Path
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_decoder(kind)
    origin = get_origin(kind)
    args = get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_decoder(args)
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return _many_decoder(args[0])
        inner = tuple(_decoder(arg) for arg in args)
        return lambda raw: tuple(decode(item) for decode, item in zip(inner, raw, strict=True))
    if origin is dict or kind is dict:
        return dict
    raise TypeError(f"{kind!r} has no JSON form here")


def _same(raw: Any) -> Any:
    return raw


def _many_decoder(item_kind: Any) -> Callable[[Any], Any]:
    decode = _decoder(item_kind)
    if decode is _same:
        return tuple
    return lambda raw: tuple(decode(item) for item in raw)


def _dataclass_decoder(kind: type) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)]
    inner: dict[str, Callable[[Any], Any]] = {}

    def decode(raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise ValueError(f"{kind.__name__} is not written like this: {raw!r}")
        if not inner:  # filled at first use, so that a class may refer to itself
            inner.update({name: _decoder(hints[name]) for name in names})
        try:
            return kind(**{name: inner[name](value) for name, value in raw.items() if name in inner})
        except TypeError as error:
            raise ValueError(f"{kind.__name__} is incomplete: {error}") from error

    return decode


def _union_decoder(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    classes = {arg.__name__: arg for arg in args if isinstance(arg, type) and is_dataclass(arg)}
    enums = [arg for arg in args if isinstance(arg, type) and issubclass(arg, Enum)]
    tuples = [arg for arg in args if get_origin(arg) is tuple]
    paths = Path in args

    def decode(raw: Any) -> Any:
        if raw is None:
            return None
        if isinstance(raw, dict) and classes:
            if TAG in raw:
                name = raw[TAG]
                if name not in classes:
                    raise ValueError(f"{name!r} is not known here")
                return _decoder(classes[name])(raw)
            if len(classes) == 1:
                return _decoder(next(iter(classes.values())))(raw)
            raise ValueError("the class is not named")
        if isinstance(raw, list):
            if len(tuples) != 1:
                raise ValueError("a list does not fit here")
            return _decoder(tuples[0])(raw)
        if isinstance(raw, str) and enums and str not in args:
            return enums[0](raw)
        if isinstance(raw, str) and paths:
            return Path(raw)
        return raw

    return decode
