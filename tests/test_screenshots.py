"""The pictures that are shown to others: there, and free of this machine and of the net."""

import re
from pathlib import Path

import pytest

PICTURES = sorted((Path(__file__).parent.parent / "screenshots").glob("*.svg"))


def test_the_readme_shows_pictures_that_are_there() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\((screenshots/[\w-]+\.svg)\)", readme))
    assert shown
    assert shown <= {f"screenshots/{path.name}" for path in PICTURES}


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_nothing_of_the_machine_is_in_them(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"'<]+", svg)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"/(tmp|home|root|work|Users)/|1000\.[0-9a-f]{8}|127\.0\.0\.1", svg)
