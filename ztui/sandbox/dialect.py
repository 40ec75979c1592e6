"""What differs between the API versions v2, v2.1, v3 ... v8, as questions a handler can ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API version. `rank` orders them: 20 for v2, 21 for v2.1, 30 for v3 and so on."""

    name: str
    rank: int

    @property
    def module_as_text(self) -> bool:
        """v2 takes and gives a job's module as a string, later versions as an object (captured, both)."""
        return self.rank < 21

    @property
    def several_files(self) -> bool:
        """From v3 on a zip may hold several CSVs, and children refer to their parent's column."""
        return self.rank >= 30

    @property
    def strict_host(self) -> bool:
        """From v2.1 on a call through a foreign host is refused (Zoho change log v2.1)."""
        return self.rank >= 21

    @property
    def real_statuses(self) -> bool:
        """From v3 on errors of mass update and upload carry the documented HTTP statuses; before, 200 (captured)."""
        return self.rank >= 30

    @property
    def newest(self) -> bool:
        """v8 has a few codes, statuses and details of its own (Zoho OpenAPI files v8)."""
        return self.rank >= 80


VERSIONS: dict[str, Dialect] = {
    name: Dialect(name, rank)
    for name, rank in (
        ("v2", 20),
        ("v2.1", 21),
        ("v3", 30),
        ("v4", 40),
        ("v5", 50),
        ("v6", 60),
        ("v7", 70),
        ("v8", 80),
    )
}
