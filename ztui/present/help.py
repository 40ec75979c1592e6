"""What each screen is for, in a few plain sentences; shown by `?` above the keys. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ztui.present.text import width

_PURPOSE = {
    "MappingScreen": "Say which column feeds which field. Drag a column (its head or any cell) onto a field, or press "
    "Enter on a column or a field and choose. A proposal is there already: green is sure, amber with a ? wants a look. "
    "Dimmed columns are not sent. Drag a mapped field back onto the rows, or press Del, to unmap it.",
    "CheckScreen": "Everything Zoho would refuse, found before anything is sent. Red blocks the import or leaves the "
    "row out; amber is surprising but possible. Enter goes to the cell.",
    "RunScreen": "One import on its way: packed, uploaded, worked on by Zoho, answered. You can leave at any time; the "
    "job runs on at Zoho and ztui picks it up again.",
    "JobsScreen": "Every run with its parts and Zoho's counts, and the files you opened lately. Open a file to begin "
    "an import. Running jobs go on being watched here even after ztui was closed.",
    "InspectorScreen": "Why rows were refused: codes with counts, what each means and what to do, and the very cells.",
    "ProfilesScreen": "The orgs ztui can talk to. Secrets are never shown; a value like env:NAME is read when needed.",
    "MassUpdateScreen": "Write one value to many records at once, by view or by record ids.",
}


def purpose(screen: str) -> str:
    """What the screen of this class is for; a general sentence for one that is not listed."""
    return _PURPOSE.get(screen, "Everything here works by keyboard and by mouse. ctrl+p lists every action.")


def key_lines(keys: Sequence[tuple[str, str]], room: int) -> list[list[tuple[str, str]]]:
    """Lines of (keys, what they do) pairs, padded so that columns align: two pairs a line if they fit in `room` cells.

    Between the two texts of a pair the caller puts two cells. No text is ever cut: a long one makes it one column.
    """
    half = (len(keys) + 1) // 2
    for columns in ((keys[:half], keys[half:]), (keys,)):
        widths = [
            (max((width(k) for k, _ in column), default=0), max((width(w) for _, w in column), default=0))
            for column in columns
        ]
        if len(columns) == 1 or sum(k + w + 2 for k, w in widths) + _GAP <= room:
            break
    # The keys start at the left edge of what is said above them; the second column, if any, after a gap.
    lines = []
    for index in range(len(columns[0])):
        line = []
        for place, (column, (for_keys, for_what)) in enumerate(zip(columns, widths, strict=True)):
            if index < len(column):
                shown, what = column[index]
                last = place == len(columns) - 1
                lead = " " * (for_keys - width(shown))
                line.append((lead + shown, what if last else what + " " * (for_what - width(what) + _GAP)))
        lines.append(line)
    return lines


#: Cells between two columns of keys.
_GAP = 4
