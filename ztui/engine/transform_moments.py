"""The steps that read dates and times by a pattern and write them in the form that is declared to Zoho."""

from __future__ import annotations

import re
from collections.abc import Callable

from ztui.catalogue.knowledge import date_formats
from ztui.engine.transform_dates import BadPattern, reader
from ztui.engine.transform_values import Apply, BadStep, Refusal, text_arg
from ztui.model.mapping import Step


def _reader(step: Step) -> Callable[[str], object]:
    try:
        return reader(text_arg(step, "pattern"))
    except BadPattern as error:
        why = str(error) if str(error) != text_arg(step, "pattern") else "is no date pattern"
        raise BadStep(f"{step.name}: “{text_arg(step, 'pattern')}” {why}") from error


_OUT = re.compile(r"(?:'[^']*'|yyyy|MM|dd|HH|mm|ss|XXX|[^\w'])+")


def _out(step: Step, usual: str) -> str:
    """The pattern to write by; BadStep when it asks for what cannot be written, or for no whole date."""
    out = text_arg(step, "out")
    if not out:
        return usual
    if not _OUT.fullmatch(out) or not all(piece in out for piece in ("yyyy", "MM", "dd")):
        raise BadStep(
            f"{step.name}: “{out}” cannot be written; out is made of yyyy MM dd HH mm ss XXX, year to day at least"
        )
    return out


def strftime_of(pattern: str) -> str:
    """The `strftime` form of an output pattern made of yyyy MM dd HH mm ss XXX and quoted text."""
    parts = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "XXX": "%z"}
    return re.sub(
        r"'([^']*)'|yyyy|MM|dd|HH|mm|ss|XXX|%",
        lambda m: m.group(1) if m.group(1) is not None else parts.get(m.group(), "%%"),
        pattern,
    )


def make_date(step: Step) -> Apply:
    """The step `date`. A date that stands there in the form that is sent (year first) passes whatever the pattern."""
    _reader(step)
    read = reader(text_arg(step, "pattern"))
    read_sent = reader(date_formats().sent_date)
    out = strftime_of(_out(step, date_formats().sent_date))
    pattern = text_arg(step, "pattern")

    def apply(text: str) -> str:
        moment = read(text) or read_sent(text)
        return moment.value.strftime(out) if moment else Refusal.of(text, "NOT_A_DATE", pattern=pattern)

    return apply


def make_datetime(step: Step) -> Apply:
    """The step `datetime`."""
    _reader(step)
    pattern = text_arg(step, "pattern")
    read = reader(pattern)
    aware = "X" in pattern or step.arg("offset")
    out = _out(step, date_formats().iso_datetime if aware else date_formats().sent_datetime)
    aware = "X" in out
    form = strftime_of(out)
    offset = text_arg(step, "offset")
    zone = None
    if offset:
        assumed = reader("yyyy-MM-ddXXX")("2000-01-01" + offset)
        if assumed is None:
            raise BadStep(f"datetime: {offset} is no offset")
        zone = assumed.value.tzinfo

    def apply(text: str) -> str:
        moment = read(text)
        if moment is None:
            return Refusal.of(text, "NOT_A_DATETIME", pattern=pattern)
        value = moment.value if moment.aware or zone is None else moment.value.replace(tzinfo=zone)
        if aware:
            if value.tzinfo is None:
                return Refusal.of(text, "NO_OFFSET", pattern=pattern)
            written = value.strftime(form)
            return written[:-2] + ":" + written[-2:] if form.endswith("%z") else written
        return value.strftime(form)

    return apply
