"""What each screen is for, in a few plain sentences; shown by `?` above the keys. Pure."""

from __future__ import annotations

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
