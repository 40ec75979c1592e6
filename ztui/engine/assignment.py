"""Finds the pairing of columns and fields with the best total, each used at most once.

Columns and fields fall into small groups that compete with each other; each group is solved exactly by the Hungarian
method (shortest augmenting paths), so no order of columns changes the result except among equal totals.
"""

from __future__ import annotations

from collections.abc import Mapping

Weights = Mapping[tuple[int, str], float]


def assign(weights: Weights) -> dict[int, str]:
    """The pairing with the greatest sum of weights (all > 0); a column or field may stay alone.

    `weights` maps (column, field) to a weight; pairs left out cannot be made. Ties fall to the column further left.
    """
    out: dict[int, str] = {}
    for columns, fields in _groups(weights):
        if len(columns) == 1 and len(fields) == 1:
            out[columns[0]] = fields[0]
            continue
        # Ever so slightly in favour of columns further left, so that equal totals come out the same always.
        table = [
            [weights.get((c, f), 0.0) - (rank * 1e-6 if (c, f) in weights else 0.0) for f in fields]
            for rank, c in enumerate(columns)
        ]
        for row, at in enumerate(_best(table)):
            if at is not None and (columns[row], fields[at]) in weights:
                out[columns[row]] = fields[at]
    return out


def _groups(weights: Weights) -> list[tuple[list[int], list[str]]]:
    """The connected parts of the graph, columns and fields in order."""
    of_column: dict[int, list[str]] = {}
    of_field: dict[str, list[int]] = {}
    for column, field in weights:
        of_column.setdefault(column, []).append(field)
        of_field.setdefault(field, []).append(column)
    seen: set[int] = set()
    out = []
    for start in sorted(of_column):
        if start in seen:
            continue
        columns, fields, todo = {start}, set[str](), [start]
        while todo:
            for field in of_column[todo.pop()]:
                fields.add(field)
                fresh = [c for c in of_field[field] if c not in columns]
                columns.update(fresh)
                todo.extend(fresh)
        seen |= columns
        out.append((sorted(columns), sorted(fields)))
    return out


def _best(table: list[list[float]]) -> list[int | None]:
    """For each row the column of the assignment with the greatest total; None where a row stays without.

    Rows may stay unassigned: each row has a private spare column of weight 0.
    """
    rows = len(table)
    real = len(table[0])
    width = real + rows
    cost = [[-w for w in row] + [0.0] * rows for row in table]
    # Potentials and the row matched to each column; column 0 is the root of each search (indices shifted by one).
    row_potential, column_potential = [0.0] * (rows + 1), [0.0] * (width + 1)
    matched, came_from = [0] * (width + 1), [0] * (width + 1)
    for row in range(1, rows + 1):
        matched[0] = row
        at = 0
        least = [float("inf")] * (width + 1)
        used = [False] * (width + 1)
        while matched[at]:
            used[at] = True
            current, delta, nearest = matched[at], float("inf"), 0
            for column in range(1, width + 1):
                if used[column]:
                    continue
                reduced = cost[current - 1][column - 1] - row_potential[current] - column_potential[column]
                if reduced < least[column]:
                    least[column], came_from[column] = reduced, at
                if least[column] < delta:
                    delta, nearest = least[column], column
            for column in range(width + 1):
                if used[column]:
                    row_potential[matched[column]] += delta
                    column_potential[column] -= delta
                else:
                    least[column] -= delta
            at = nearest
        while at:
            matched[at] = matched[came_from[at]]
            at = came_from[at]
    out: list[int | None] = [None] * rows
    for column in range(1, real + 1):
        if matched[column]:
            out[matched[column] - 1] = column - 1
    return out
