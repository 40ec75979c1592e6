"""A recently opened file in the cells of a list. Pure."""

from __future__ import annotations

from typing import Protocol

from ztui.present.preview import size


class Recent(Protocol):
    """What is known of a recently opened file."""

    @property
    def path(self) -> str:
        """Where it is."""
        ...

    @property
    def size(self) -> int:
        """Its bytes."""
        ...

    @property
    def opened_at(self) -> str:
        """When it was opened last, ISO-8601."""
        ...


def recent_cells(recent: Recent) -> tuple[str, str, str, str]:
    """(name, folder, size, when)."""
    folder, _, name = recent.path.rpartition("/")
    return name, folder or "/", size(recent.size), recent.opened_at.replace("T", " ")[:16]
