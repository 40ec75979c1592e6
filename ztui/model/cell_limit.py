"""How long one cell of a CSV may be: the `csv` module's limit, which is one for the whole process.

This is the only place that sets it. A second place would make what can be read depend on which module was loaded last.
"""

from __future__ import annotations

import csv
import sys

CELL_LIMIT = min(sys.maxsize, 2**31 - 1)
"""Characters of one cell: what a C long holds everywhere. Readers bound lines and records far below it."""


def lift_cell_limit() -> None:
    """Let `csv.reader` read cells of any length; the stock limit of 131,072 characters makes long descriptions errors.

    To be called by whoever is about to read: it is cheap, and other code in the process may have lowered the limit.
    """
    csv.field_size_limit(CELL_LIMIT)
