"""The sandbox: job details against a bare Starlette route on the same server, and a full part through the row engine.

Both servers run in processes of their own and are asked by the same plain socket, so that what differs is their work.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from tests.benchmarks.harness import Bench, Target
from tests.sandbox.driver import Driver, columns
from ztui.catalogue import limits
from ztui.sandbox.state import Sandbox
from ztui.sandbox.switches import Switches

REQUESTS = 600
JOB = "4150868000005350003"
FIELDS = ("Email", "Last_Name", "Company", "Phone", "Website", "No_of_Employees", "Annual_Revenue", "Date_3", "City")
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from ztui.sandbox.server import listen

async def details(request):
    return Response(body, media_type="application/json")

body = sys.argv[1].encode()
listener = listen(0)
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(Starlette(routes=[Route("/crm/bulk/v2.1/write/{id}", details)]), http="h11", ws="none",
                        log_config=None, access_log=False)
uvicorn.Server(config).run([listener])
"""


def _ask(port: int, count: int) -> bytes:
    """Ask for the job's details over one connection; the last answer's body."""
    request = (
        f"GET /crm/bulk/v2.1/write/{JOB} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Authorization: Zoho-oauthtoken seed-token\r\nAccept: */*\r\n\r\n"
    ).encode()
    body = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link, link.makefile("rb") as stream:
        for _ in range(count):
            link.sendall(request)
            body = _answer(stream)
    return body


def _answer(stream: io.BufferedReader) -> bytes:
    status = stream.readline()
    if b" 200 " not in status:
        raise RuntimeError(status.decode("latin-1"))
    length: int | None = None
    while (line := stream.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if length is not None:
        return stream.read(length)
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


def details_bench() -> Bench:
    """Job details of the finished recorded job, one after the other."""
    ports: dict[str, int] = {}

    def setup() -> Callable[[], None]:
        sandbox = subprocess.Popen(
            [sys.executable, "-m", "ztui", "sandbox", "--json"], stdout=subprocess.PIPE, text=True
        )
        assert sandbox.stdout is not None
        ports["details"] = int(json.loads(sandbox.stdout.readline())["base_url"].rsplit(":", 1)[1])
        body = _ask(ports["details"], 1).decode()
        bare = subprocess.Popen([sys.executable, "-c", BARE, body], stdout=subprocess.PIPE, text=True)
        assert bare.stdout is not None
        ports["bare"] = int(bare.stdout.readline())

        def undo() -> None:
            for server in (sandbox, bare):
                server.terminate()
                server.wait()
                if server.stdout is not None:
                    server.stdout.close()

        return undo

    def asked(name: str) -> Callable[[], Mapping[str, float]]:
        def measure() -> Mapping[str, float]:
            started = time.perf_counter()
            _ask(ports[name], REQUESTS)
            took = time.perf_counter() - started
            return {"ms": took * 1e3 / REQUESTS, "per_s": REQUESTS / took}

        return measure

    return Bench(
        "sandbox, job details over loopback",
        {"bare": asked("bare"), "details": asked("details")},
        (
            Target("details vs a bare Starlette route", ("details", "ms"), 3, ("bare", "ms")),
            Target("one request (300 a second are 3.3 ms)", ("details", "ms"), 3.3, unit="ms"),
        ),
        setup,
    )


def _part(rows: int) -> str:
    """A part of clean leads, the same each time."""
    chance = random.Random(1)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(FIELDS)
    for n in range(rows):
        money, day = f"{chance.randrange(10**7) / 100:.2f}", f"2024-{1 + n % 12:02}-{1 + n % 28:02}"
        known = (f"p{n}@example.com", f"Näme {n}", f'Firm "{n}", Ltd', f"+49 89 {n:07}", f"www.firm{n}.example.com")
        write.writerow((*known, chance.randrange(10**5), money, day, "Ulm"))
    return out.getvalue()


def rows_bench() -> Bench:
    """The largest part there may be: create, row engine, records stored, result archive packed."""
    text = _part(limits().rows_per_file)

    def read() -> Mapping[str, float]:
        started = time.perf_counter()
        for _ in csv.reader(io.StringIO(text, newline="")):
            continue
        return {"s": time.perf_counter() - started}

    async def one_job() -> float:
        zoho = Driver(Sandbox(pace="once", switches=Switches(owner_required=False)))
        mappings = [m | ({"format": "yyyy-MM-dd"} if m["api_name"] == "Date_3" else {}) for m in columns(*FIELDS)]
        resource = zoho.resource(await zoho.upload(text), "Leads", mappings)
        started = time.perf_counter()
        created = await zoho.post_job({"operation": "insert", "resource": [resource]})
        took = time.perf_counter() - started
        counts = (await zoho.details(created.json()["details"]["id"]))["resource"][0]["file"]
        await zoho.close()
        if counts["added_count"] != limits().rows_per_file:
            raise RuntimeError(str(counts))
        return took

    return Bench(
        f"sandbox, a part of {limits().rows_per_file:,} rows",
        {"csv.reader": read, "job": lambda: {"s": asyncio.run(one_job())}},
        (
            Target("job vs csv.reader", ("job", "s"), 100, ("csv.reader", "s")),
            Target("the whole job", ("job", "s"), 5, unit="s"),
        ),
    )


def benches() -> list[Bench]:
    """All of this module's benchmarks."""
    return [details_bench(), rows_bench()]
