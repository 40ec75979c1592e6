"""Files for the interface's tests."""

from pathlib import Path

import pytest

PEOPLE = (
    "Given name;Surname;Firm;Mail;Phone;Signed up;Notes\n"
    "Ada;Lovelace;Analytical Ltd;ada@example.com;+44 20 1;03.11.2024;first\n"
    "Alan;Turing;Bletchley;alan@example.com;+44 20 2;23.06.2024;second\n"
    "Grace;Hopper;Navy;grace@example.com;+1 20 3;09.12.2024;[/oops] [red]x[/red]\n"
    'Edsger;Dijkstra;Mathematisch;edsger@example.com;+31 20 4;11.05.2024;"\x1b]52;c;aGFja2Vk\x07bell"\n'
)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Four people in a semicolon file, with hostile notes."""
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Three thousand people."""
    path = tmp_path / "many.csv"
    lines = [f"First{i},Last{i},Firm {i % 40},p{i}@example.com,{i}" for i in range(3000)]
    path.write_text("First Name,Last Name,Company,Email,Number\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path
