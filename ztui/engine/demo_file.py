"""The demo's sample: 600 leads in a `;`-separated cp1252 file with the faults that real exports have.

Always the same bytes. Which record has which fault is in `FAULTS`, so that tests and the demo can speak of it.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

ROWS = 600
HEADERS = (
    "Row no.",
    "First name",
    "Surname",
    "Company",
    "Job title",
    "E-mail",
    "Phone",
    "Lead source",
    "Status",
    "Employees",
    "Annual revenue",
    "Website",
    "Street",
    "City",
    "Postcode",
    "Country",
    "Date 3",
    "Remarks",
)

#: What is wrong with which records (0-based). Everything but `in_crm` can be seen in the file itself.
FAULTS: dict[str, tuple[int, ...]] = {
    "missing_last_name": (16, 202, 376),
    "bad_email": (41, 97, 311, 498, 571),
    "other_date_format": (63, 264, 433),
    "too_long": (120, 340),
    "duplicate_in_file": (150, 151, 305, 480, 552),
    "picklist_typo": (77, 233, 409),
    "line_break": (29, 188, 290, 515),
    "brackets_and_escape": (55,),
    "in_crm": (12, 84, 171, 260, 355, 446, 530),
}


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = _words(
    "Anna Björn Chloé Dario Elif François Greta Hugo Inès Jürgen Käthe Luca María Noah Olga Pía Quentin Renée Søren "
    "Tomás Ursula Víctor Wiebke Xaver Yara Zoë"
)
_LAST = _words(
    "Andersen Bäcker Castaño Dubois Eriksson Fischer García Hansen Ibáñez Jansen König López Müller Nuñez Østby "
    "Pereira Quist Rossi Schröder Thörn Urban Vögel Weiß Ximénez Young Zimmermann"
)
_FIRMS = _words("Alpenblick Baltic Cordoba Dürer Elbe Fjord Garonne Hansa Isar Jura Kattegat Lumière Mistral Nordlicht")
_TRADES = ["Logistik", "Software", "Foods", "Energie", "Medical", "Textil", "Robotics", "Hôtels", "Druck", "Optik"]
_FORMS = ["GmbH", "AG", "S.A.", "Ltd", "B.V.", "AB", "SARL", "KG"]
_TITLES = ["CEO", "Head of Sales", "Einkäufer", "IT Manager", "Büroleitung", "Directeur", "Buyer", "CTO", "Founder"]
_SOURCES = ["Trade Show", "Web Download", "Cold Call", "Partner", "Advertisement", "Employee Referral", "Chat"]
_STATUSES = ["Not Contacted", "Contacted", "Attempted to Contact", "Contact in Future", "Pre-Qualified"]
_PLACES = [
    ("München", "80331", "Germany"),
    ("Köln", "50667", "Germany"),
    ("Zürich", "8001", "Switzerland"),
    ("Besançon", "25000", "France"),
    ("Málaga", "29001", "Spain"),
    ("Malmö", "211 20", "Sweden"),
    ("Århus", "8000", "Denmark"),
    ("Leeds", "LS1 4AP", "United Kingdom"),
]
_STREETS = ["Hauptstraße", "Rue de l’Église", "Calle Mayor", "Storgatan", "High Street", "Königsallee"]
_REMARKS = ["", "", "", "asked for a quote", "met at the fair – call back", "price sensitive", "“send samples”"]

_BAD_EMAILS = (
    "{name}(at)example.com",
    "{name}@@example.com",
    "{name}@",
    "{name} @ example.com",
    "{name}@example",
)
_OTHER_DATES = ("2026-02-30", "next Tuesday", "13/13/26")
_TYPOS = ("Trade Shwo", "Webdownload", "Cold cal")


def rows() -> Iterator[list[str]]:
    """The 600 records as cells, in the order of HEADERS."""
    rng = random.Random(600)
    made: list[list[str]] = []
    for number in range(ROWS):
        row = _row(number, rng)
        _spoil(number, row, made)
        made.append(row)
        yield row


def _row(number: int, rng: random.Random) -> list[str]:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    city, postcode, country = rng.choice(_PLACES)
    firm = f"{rng.choice(_FIRMS)} {rng.choice(_TRADES)} {rng.choice(_FORMS)}"
    revenue = rng.randrange(80, 9_000) * 1_000 + rng.choice((0, 0, 500))
    day = f"{rng.randrange(1, 29):02}.{rng.randrange(1, 13):02}.{rng.choice((2025, 2026))}"
    return [
        str(number + 1),
        first,
        last,
        firm,
        rng.choice(_TITLES),
        f"{_plain(first)}.{_plain(last)}{number + 1}@example.com",
        f"+49 {rng.randrange(30, 999)} {rng.randrange(100_000, 9_999_999)}",
        rng.choice(_SOURCES),
        rng.choice(_STATUSES),
        str(rng.choice((5, 12, 40, 75, 120, 260, 900, 3500))),
        f"{revenue:,}".replace(",", ".") + ",00",
        f"https://www.{_plain(firm.split()[0])}-{_plain(firm.split()[1])}.example",
        f"{rng.choice(_STREETS)} {rng.randrange(1, 180)}",
        city,
        postcode,
        country,
        day,
        rng.choice(_REMARKS),
    ]


def _spoil(number: int, row: list[str], made: list[list[str]]) -> None:
    """Put the faults of this record in."""

    def nth(kind: str) -> int | None:
        return FAULTS[kind].index(number) if number in FAULTS[kind] else None

    def put(header: str, value: str) -> None:
        row[HEADERS.index(header)] = value

    name = f"{_plain(row[1])}.{_plain(row[2])}"
    if nth("missing_last_name") is not None:
        put("Surname", "")
    if (place := nth("bad_email")) is not None:
        put("E-mail", _BAD_EMAILS[place].format(name=name))
    if (place := nth("other_date_format")) is not None:
        put("Date 3", _OTHER_DATES[place])
    if (place := nth("too_long")) is not None:
        header = ("Company", "Phone")[place]
        put(header, ("Vereinigte Werke zu " * 14 if place == 0 else "+49 89 1234567 / " * 4).strip())
    if nth("duplicate_in_file") is not None:
        put("E-mail", made[number - 100][HEADERS.index("E-mail")].upper() if number % 2 else made[number - 100][5])
    if (place := nth("picklist_typo")) is not None:
        put("Lead source", _TYPOS[place])
    if nth("line_break") is not None:
        put("Remarks", "first line of the note\r\nsecond line; with a semicolon")
    if nth("brackets_and_escape") is not None:
        put("First name", "[bold]Eve[/oops]")
        put("Surname", "Mallory \x1b[31mred\x1b[0m \x1b]52;c;aGFja2Vk\x07")


def existing() -> list[dict[str, str]]:
    """Leads that are in the CRM before the demo begins, as values by field API name: Zoho will refuse their rows."""
    every = list(rows())
    return [
        {"Last_Name": every[n][2], "Company": every[n][3], "Email": every[n][5], "Lead_Source": "Chat"}
        for n in FAULTS["in_crm"]
    ]


def content() -> bytes:
    """The whole file: cp1252, `;`, CRLF, quotes where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(rows())
    return out.getvalue().encode("cp1252")


def write(path: Path) -> Path:
    """Write the sample to `path`; returns it."""
    path.write_bytes(content())
    return path


_ASCII = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "Ø": "o", "é": "e", "è": "e", "ë": "e", "ñ": "n"}
    | {"ç": "c", "í": "i", "á": "a", "ó": "o", "ô": "o", "ú": "u"}
)


def _plain(text: str) -> str:
    return text.lower().translate(_ASCII)
