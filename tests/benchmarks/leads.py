"""A large file of leads for the benchmarks of checking and packing, with the mapping and the schema that go with it.

Twenty columns of which twelve are mapped; about 3 % of the rows break a rule, 5 % hold quoted cells, 2 % a line break.
"""

from __future__ import annotations

import random
from pathlib import Path

from ztui.model.crm import Field, Module, ModuleSchema, PickListValue
from ztui.model.mapping import FieldMapping, Mapping, Step

SOURCES = ("Cold Call", "Partner", "Trade Show", "Web Download", "Advertisement", "Chat", "Public Relations")

FIELDS = (
    Field("First_Name", "First Name", "text", length=40),
    Field("Last_Name", "Last Name", "text", length=80, system_mandatory=True),
    Field("Company", "Company", "text", length=200, required=True),
    Field("Email", "Email", "email", length=100, unique=True),
    Field("Phone", "Phone", "phone", length=30),
    Field("Website", "Website", "website", length=255),
    Field("Lead_Source", "Lead Source", "picklist", length=120, picklist=tuple(PickListValue(s, s) for s in SOURCES)),
    Field("No_of_Employees", "No. of Employees", "integer", length=9),
    Field("Annual_Revenue", "Annual Revenue", "currency", length=16, decimal_place=2),
    Field("City", "City", "text", length=100),
    Field("Email_Opt_Out", "Email Opt Out", "boolean"),
    Field("Birthday", "Birthday", "date"),
)
SCHEMA = ModuleSchema(Module("Leads", "Lead", "Leads"), FIELDS)
HEADERS = (
    "First Name", "Last Name", "Company", "Title", "Email", "Phone", "Mobile", "Website", "Lead Source", "Rating",
    "No. of Employees", "Annual Revenue", "Street", "City", "State", "Zip Code", "Country", "Opt Out", "Birthday",
    "Note",
)  # fmt: skip
_PLACES = {"Email_Opt_Out": "Opt Out"}
MAPPING = Mapping(
    "Leads",
    headers=HEADERS,
    fields=tuple(
        FieldMapping(
            f.api_name,
            (HEADERS.index(_PLACES.get(f.api_name, f.label)),),
            (Step.of("date", pattern="dd/MM/yyyy"),) if f.api_name == "Birthday" else (),
        )
        for f in FIELDS
    ),
)

_FIRST = ("Ada", "Grace", "Zoë", "José", "Linus", "Barbara", "Søren", "Margaret")
_LAST = ("Lovelace", "Hopper", "Müller", "Núñez", "Torvalds", "Liskov", "Ångström", "Hamilton")
_FAULTS = {
    1: "",
    2: "L" * 300,
    4: "not-an-email",
    5: "n/a",
    7: "no url",
    10: "12e",
    11: "1.2.3",
    17: "perhaps",
    18: "31/02/1990",
}


def make(path: Path, rows: int) -> Path:
    """Write the file; always the same for the same number of rows."""
    draw = random.Random(20261122)
    chance, pick = draw.random, draw.choice
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(HEADERS) + "\n")
        for number in range(rows):
            domain = f"company{number % 997}.example"
            cells = [
                pick(_FIRST), pick(_LAST), f"Company {number % 997} Ltd", "Head of Operations",
                f"person.{number}@{domain}",
                f"+{number % 98 + 1} 555 {number % 9_000_000 + 1_000_000}", f"+1-555-{number % 10_000:04d}",
                f"https://www.{domain}", pick(SOURCES), "Active", str(number % 5000 + 1),
                f"{number * 7 % 1_000_003}.25",
                f"{number % 999} Main Street", "Köln", "NW", f"{number % 100_000:05d}", "Germany",
                "true" if number % 10 == 0 else "false",
                f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{1950 + number % 50}",
                "Asked for a quote; follow up in Q3",
            ]  # fmt: skip
            if chance() < 0.033:
                place = pick(tuple(_FAULTS))
                cells[place] = _FAULTS[place]
            if number % 20 == 0:
                cells[2] = f'"Company {number % 997}, Sons and ""Daughters"""'
            if number % 50 == 0:
                cells[12] = f'"{number % 999} Main Street\nSecond floor"'
            out.write(",".join(cells) + "\n")
    return path
