"""Reads numbers, yes/no words and phone numbers as people write them, and finds out how a column writes its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category, normalize

# Currency signs and codes around a number, and the units a spreadsheet leaves behind.
_SIGNS = r"(?:[$€£¥₹₽₩₺₫₴₪฿₦₱¢]|(?:US|A|C|CA|HK|NZ|S|R)\$|[A-Z]{3}|kr\.?|zł|Kč|Ft|Fr\.?|lei|R|Rs\.?|CHF)"
_CODES = """
AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP EUR GBP GEL GHS HKD HRK HUF IDR ILS INR ISK JMD
JOD JPY KES KRW KWD KZT LBP LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD
TZS UAH UGX USD UYU VND XAF XOF ZAR
"""
_CURRENCIES = frozenset(_CODES.split())
_AROUND = re.compile(
    rf"^\s*(?P<open>\()?\s*(?P<minus>[-−–])?\s*(?P<c1>{_SIGNS})?\s*(?P<minus2>[-−–+])?\s*"
    rf"(?P<digits>[\d.,'’\s\u00a0\u202f]*\d[.,]?|[.,]\d+)(?P<exp>[eE][+-]?\d+)?\s*(?P<c2>{_SIGNS})?\s*%?\s*(?P<after>[-−–])?"
    r"\s*(?P<close>\))?\s*$"
)
_BLANKS = re.compile("[\\s\u00a0\u202f'’]")

_YES = """
true t yes y 1 on x ja j wahr oui o vrai si sí sì s sim verdadero verdadeiro vero tak prawda da да evet ano kyllä
checked enabled active ✓ ✔ ☑ はい 是
"""
YES = frozenset(_YES.split())
"""Words read as yes, casefolded."""
_NO = """
false f no n 0 off nein falsch non faux não nao falso nie fałsz nej nee net нет ne hayır ei unchecked disabled
inactive ✗ ✘ ☐ いいえ 否
"""
NO = frozenset(_NO.split())
"""Words read as no, casefolded."""


def read_number(text: str, decimal: str) -> str | None:
    """The number in plain digits with a point, or None when the text is none by this decimal sign ("." or ",").

    Currency signs, a percent sign, thousands separators (in groups of two or three digits), a trailing minus and
    accountants' brackets are understood; anything else around the number is not.
    """
    found = _AROUND.match(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    if any(code and len(code) == 3 and code.isupper() and code not in _CURRENCIES for code in found.group("c1", "c2")):
        return None
    digits = _BLANKS.sub(" ", found["digits"]).strip()
    group = "." if decimal == "," else ","
    whole, _, fraction = digits.partition(decimal)
    if group in fraction or " " in fraction or decimal in fraction:
        return None
    pieces = re.split(rf"[{re.escape(group)} ]", whole)
    if len(pieces) > 1 and (
        not 1 <= len(pieces[0]) <= 3 or any(len(p) not in (2, 3) for p in pieces[1:]) or len(pieces[-1]) != 3
    ):
        return None
    if len(pieces) > 1 and pieces[0] == "0":
        return None  # nobody writes thousands of nothing: "0.123" is a fraction
    if len({c for c in whole if not c.isdigit()}) > 1 or not "".join((*pieces, fraction)).isascii():
        return None
    number = ("".join(pieces).lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    if found["exp"]:
        number = _plain(number + found["exp"])
        if not number:
            return None
    negative = bool(found["open"]) or "-" in (_minus(found["minus"]), _minus(found["minus2"]), _minus(found["after"]))
    return f"-{number}" if negative and number.strip("0.") else number


def _minus(sign: str | None) -> str:
    return "-" if sign and sign in "-−–" else ""


def _plain(text: str) -> str:
    """A number with an exponent written out, as spreadsheets shorten long ones; "" when it is beyond measure."""
    digits, _, exponent = text.lower().partition("e")
    whole, _, fraction = digits.partition(".")
    power = int(exponent)
    if abs(power) > 30:
        return ""
    if power >= 0:
        fraction = fraction.ljust(power, "0")
        whole, fraction = whole + fraction[:power], fraction[power:]
    else:
        whole = whole.rjust(-power + 1, "0")
        whole, fraction = whole[:power], whole[power:] + fraction
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def decimal_signs(values: Iterable[str]) -> tuple[tuple[str, float], ...]:
    """Which decimal sign the values use, as (sign, share they are readable by), best first.

    Two signs with the same share mean that the values do not tell ("1,234" alone): the caller has to ask, unless every
    reading gives the same number.
    """
    texts = [v for v in dict.fromkeys(v.strip() for v in values) if v]
    if not texts:
        return ()
    shares = []
    for sign in (".", ","):
        shares.append((sign, sum(read_number(t, sign) is not None for t in texts) / len(texts)))
    if shares[0][1] == shares[1][1] and all(read_number(t, ".") == read_number(t, ",") for t in texts):
        return ((".", shares[0][1]),)
    return tuple(sorted(shares, key=lambda s: -s[1]))


def read_boolean(text: str) -> str | None:
    """ "true" or "false" for a yes/no word of many languages, else None."""
    word = text.strip().casefold()
    if word in YES:
        return "true"
    return "false" if word in NO else None


_NOT_DIALLED = re.compile(r"[^0-9+()\-./ xX#,;*]")
_LABEL = re.compile(
    r"(?i)(?:tel|fon|phone|telephone|telefon|téléphone|mobile?|mob|cell|handy|direct|office|home|work|t|p|m)"
    r"\b[.:]*\s*(?=[+(0-9])|tel:"
)
_KIND = re.compile(r"\s*[(\[]\s*[^\W\d_][^\d()\[\]]*[)\]]$")
_DIGITS = frozenset("0123456789")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]+")  # as Japanese keyboards write them
_X_EXTENSION = re.compile(r"(?i)\bx\.?\s*[0-9]{1,6}$")
_EXTENSION = re.compile(r"(?i)\s*(?:ext\.?|extension|durchwahl|poste|#)\s*:?\s*(\d{1,6})$")


def clean_phone(text: str, country: str = "") -> str:
    """A phone number without decoration: no "Tel.:", no "(home)", single blanks, `00` written as `+`.

    With `country` ("+49") a national number that starts with one 0 gets it. What is no single number in digits is
    returned as it is: "1-800-FLOWERS", two numbers, less than three digits, 4.9E+11 as a spreadsheet leaves it.
    """
    raw = text.strip()
    plain = _FULL_WIDTH.sub(lambda found: normalize("NFKC", found.group()), raw)
    plain = "".join(c for c in plain if category(c) != "Cf").replace("\u00a0", " ")
    if re.search(r"\d[eE]\+?\d", plain) or sum(c in _DIGITS for c in plain) < 3:
        return raw
    if label := _LABEL.match(plain):
        plain = plain[label.end() :]
    plain = _KIND.sub("", plain)
    extension = _EXTENSION.search(plain)
    if extension:
        plain = plain[: extension.start()]
    if any(c.isalnum() and c not in _DIGITS for c in _X_EXTENSION.sub("", plain)):
        return raw
    number = " ".join(_NOT_DIALLED.sub("", plain).split()).strip(" ,;./-")
    if number.startswith("00") and not number.startswith("000"):
        number = "+" + number[2:].lstrip()
    elif country and number.startswith("0") and not number.startswith("00"):
        number = f"{country} {number[1:].lstrip()}"
    return f"{number} x{extension.group(1)}" if extension else number
