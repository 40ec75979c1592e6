"""The default org's contents: the fixed ids of the recorded exchanges, and a few records to look up.

The two recorded jobs are real ones: their files are here, and the finished one went through the row engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ztui.sandbox import archive, jobs, records
from ztui.sandbox.org import CURRENT_USER, USERS_OF_ORG

if TYPE_CHECKING:
    from ztui.sandbox.state import Sandbox

DONE_JOB = 4150868000005350003
RUNNING_JOB = 4150868000005392002
_HEADER_1 = "Last_Name,Mobile,Owner"
_FILE_1 = "\n".join(
    [
        _HEADER_1,
        *(f"Sample {n},555-01{n:02},{USERS_OF_ORG[n % 3].id}" for n in range(1, 10)),
        f",555-0110,{CURRENT_USER.id}",
        "Sample 11,555-0111,nobody@example.com",
    ]
)
_FILE_2 = "\n".join(
    ["Last_Name,Owner,Date_3,Mobile,Layout"]
    + [f"Guest {n},{CURRENT_USER.id},2021/05/{n + 10},555-02{n:02},Standard" for n in range(1, 6)]
)
_FILES: tuple[tuple[int, str, str], ...] = (
    (4150868000005362001, "Fil1.csv", _FILE_1),
    (4150868000005364001, "Fil2.csv", _FILE_1),
    (4150868000005379001, "Fil3.csv", _FILE_2),
    (4150868000005350001, "Fil2.csv", _FILE_1),
    (4150868000005392001, "Fil3.csv", _FILE_2),
)
_MARKED_LEADS: tuple[tuple[int, str, str], ...] = (
    (738964000002131001, "Okafor", ""),
    (738964000002130131, "Lindqvist", ""),
    (1306462000000496025, "Moreau", records.FLAG_APPROVAL),
    (475243000003269880, "Tanaka", records.FLAG_LOCKED + "zia_vision_processing"),
    (4150868000005400001, "Haddad", records.FLAG_LOCKED + "record_locking"),
    (4150868000005400003, "Novak", records.FLAG_CONVERTED),
    (4150868000005400005, "Silva", records.FLAG_STOPPED),
    (4150868000005400007, "Kowalski", records.FLAG_BLUEPRINT),
    (4150868000005400009, "Jensen", records.FLAG_DENIED),
    (4150868000005400011, "Rossi", records.FLAG_BLOCKED),
)
_ACCOUNTS = ("Acme Corp", "Globex", "Initech", "Umbrella Health", "Stark Logistics", "Twin Peaks", "Twin Peaks")
_CONTACTS = (("Ada", "Berg", 0), ("Luis", "Ferrer", 1), ("Mei", "Chen", 2), ("Olga", "Petrova", 3))


def _mapping(name: str, index: int, pattern: str | None = None) -> dict[str, Any]:
    return {"api_name": name, "index": index, "format": pattern, "find_by": None, "module": None, "default_value": None}


def _spec(file_id: int, name: str, url: str, version: str, mappings: list[dict[str, Any]]) -> dict[str, Any]:
    resource = {"module": "Leads", "find_by": None, "mappings": mappings, "file_id": file_id, "csv": name}
    return {
        "operation": "insert",
        "character_encoding": None,
        "ignore_empty": True,
        "callback": {"url": url, "method": "post"},
        "version": version,
        "resources": [resource],
    }


def fill(box: Sandbox) -> None:
    """Put the default contents into an empty store."""
    now = box.clock.now()
    box.store.many(
        "INSERT INTO files (id, name, data, created) VALUES (?,?,?,?)",
        [(i, f"{name}.zip", archive.zipped([(name, text.encode())]), now) for i, name, text in _FILES],
    )
    _records(box, now)
    _jobs(box)


def _jobs(box: Sandbox) -> None:
    done = _spec(
        4150868000005350001,
        "Fil2.csv",
        "https://www.zoho.com/",
        "v2.1",
        [_mapping("Last_Name", 0), _mapping("Mobile", 1), _mapping("Owner", 2)],
    )
    running = _spec(
        4150868000005392001,
        "Fil3.csv",
        "https://www.zoho.com/in/crm/",
        "v2",
        [
            _mapping("Last_Name", 0),
            _mapping("Owner", 1),
            _mapping("Date_3", 2, "yyyy/MM/dd"),
            _mapping("Mobile", 3),
            _mapping("Layout", 4),
        ],
    )
    with box.store.transaction() as db:
        box.jobs.insert(db, DONE_JOB, done)
        box.jobs.insert(db, RUNNING_JOB, running, frozen=True)
        db.execute("UPDATE jobs SET state=? WHERE id=?", (jobs.RUNNING, RUNNING_JOB))
        box.jobs.finish(DONE_JOB, done)


def _records(box: Sandbox, now: float) -> None:
    owner = {"id": CURRENT_USER.id, "name": CURRENT_USER.full_name, "email": CURRENT_USER.email}
    with box.store.transaction() as db:
        leads = [
            (number, {"Last_Name": name, "Company": f"{name} & Co", "Owner": owner, "Lead_Status": "Not Contacted"})
            for number, name, _ in _MARKED_LEADS
        ]
        records.insert(db, "Leads", leads, now - 5 * 86_400)
        db.executemany("UPDATE records SET flags=? WHERE id=?", [(flag, number) for number, _, flag in _MARKED_LEADS])
        first = 4150868000005410001
        accounts = [(first + 2 * n, {"Account_Name": name, "Owner": owner}) for n, name in enumerate(_ACCOUNTS)]
        records.insert(db, "Accounts", accounts, now - 9 * 86_400)
        contacts = [
            (
                4150868000005420001 + 2 * n,
                {
                    "First_Name": given,
                    "Last_Name": family,
                    "Email": f"{given}.{family}@example.com".lower(),
                    "Account_Name": {"id": str(first + 2 * place), "name": _ACCOUNTS[place]},
                    "Owner": owner,
                },
            )
            for n, (given, family, place) in enumerate(_CONTACTS)
        ]
        records.insert(db, "Contacts", contacts, now - 8 * 86_400)
