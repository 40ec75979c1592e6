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

_FIRST = ("Ada", "Grace", "Zoë", "José", "Linus", "Barbara", "Søren", "Margaret", "Edsger", "Radia", "Ken", "Frances")
_LAST = ("Lovelace", "Hopper", "Müller", "Núñez", "Torvalds", "Liskov", "Ångström", "Hamilton", "Dijkstra", "Perlman")
_COMPANY = (
    "Acme",
    "Globex",
    "Initech",
    "Umbrella",
    "Stark",
    "Wonka",
    "Tyrell",
    "Hooli",
    "Northwind",
    "Contoso",
    "Litware",
)
_TRADE = ("Systems", "Labs", "Industries", "Holdings", "Logistics", "Foods", "Energy", "Media", "Robotics", "Insurance")
_TITLE = (
    "CEO",
    "CTO",
    "VP Sales",
    "Head of Operations",
    "Buyer",
    "IT Director",
    "Office Manager",
    "Engineer",
    "Analyst",
)
_STREET = ("Main St", "High Street", "Station Road", "Market Square", "Elm Avenue", "Mill Lane", "Church Road")
_CITY = (
    "Austin",
    "Boston",
    "Toronto",
    "London",
    "Leeds",
    "Köln",
    "Paris",
    "Madrid",
    "Pune",
    "Tokyo",
    "Lagos",
    "Warsaw",
)
_NOTE = ("Met at the trade show", "Asked for a quote", "Wants a demo", "Uses a competitor", "Budget approved", "")
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
            company, digits = f"{pick(_COMPANY)} {pick(_TRADE)}", f"{draw.getrandbits(64):020d}"
            domain = company.lower().replace(" ", "") + ".example"
            first, last = pick(_FIRST), pick(_LAST)
            cells = [
                first, last, f"{company} Ltd", pick(_TITLE), f"p.{digits[:4]}.{number}@{domain}",
                f"+{number % 98 + 1} {digits[4:7]} {digits[7:14]}", f"+1-{digits[1:4]}-555-{digits[8:12]}",
                f"https://www.{domain}", pick(SOURCES), "Active", str(int(digits[5:9]) + 1),
                f"{int(digits[8:15])}.{digits[15:17]}", f"{int(digits[2:5])} {pick(_STREET)}", pick(_CITY),
                digits[3:5], digits[10:15], "Germany", "true" if chance() < 0.1 else "false",
                f"{int(digits[6:9]) % 28 + 1:02d}/{int(digits[11:14]) % 12 + 1:02d}/{1950 + int(digits[16:18]) % 50}",
                pick(_NOTE),
            ]  # fmt: skip
            if chance() < 0.033:
                place = pick(tuple(_FAULTS))
                cells[place] = _FAULTS[place]
            if number % 20 == 0:
                cells[2] = f'"{company}, Sons and Daughters"'
            if number % 50 == 0:
                cells[12] = f'"{number % 999} Main Street\nSecond floor"'
            out.write(",".join(cells) + "\n")
    return path
