"""Exchanges that fail in every way a network knows, and the changes that may be lost by them."""

import socket
import ssl

import httpx

from tests.zoho.support import refusal, reply
from ztui.model.crm import Operation, Record
from ztui.model.mass_update import MassUpdateRequest
from ztui.model.part import SentColumn
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.client import ZohoClient

ORG = reply({"org": [{"id": "1", "zgid": "5", "company_name": "Acme"}]})
CREATED = reply({"status": "success", "code": "SUCCESS", "message": "success", "details": {"id": "42"}}, 201)
JOB = BulkWrite(Operation.INSERT, "Leads", "77", "leads.csv", (SentColumn("Last_Name"),))


def caused(error: httpx.TransportError, cause: Exception) -> httpx.TransportError:
    error.__cause__ = cause
    return error


NAME_ERROR = caused(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known"))
TLS_ERROR = caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError("self-signed certificate"))
REFUSED = caused(httpx.ConnectError("x"), ConnectionRefusedError(111, "Connection refused"))
NOT_SENT = [REFUSED, NAME_ERROR, TLS_ERROR, httpx.ConnectTimeout(""), httpx.PoolTimeout(""), httpx.ProxyError("no")]
SENT = [
    httpx.ReadTimeout(""),
    httpx.ReadError("reset"),
    httpx.WriteError("broken pipe"),
    httpx.WriteTimeout(""),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ConnectionResetError(104, "Connection reset by peer"),
]
LATE = [reply(b"<html>bad gateway", 502), refusal("INTERNAL_ERROR", 500), reply(b"", 503), reply(b"", 504)]


async def create(client: ZohoClient) -> object:
    return await client.create_job(JOB)


async def mass_update(client: ZohoClient) -> object:
    return await client.mass_update(MassUpdateRequest("Leads", (("Company", "A"),), ("1",)))


async def update(client: ZohoClient) -> object:
    return await client.update("Leads", [Record("1", values={"Company": "A"})])


CHANGES = [create, mass_update, update]
