"""OAuth as Zoho's accounts server does it: grants, refresh, errors with HTTP 200, the throttle, scopes, expiry."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping

from ztui.sandbox.clock import Clock, iso
from ztui.sandbox.store import Row, Store
from ztui.sandbox.wire import Answer, Call, Refused, Service, dump, gateway_error

LIFETIME = 3600.0
WINDOW = 600.0
TOKENS_PER_WINDOW = 10
LIVE_TOKENS = 30
CODE_LIFETIME = 180.0
FULL_SCOPES = (
    "ZohoCRM.bulk.ALL ZohoCRM.modules.ALL ZohoFiles.files.ALL ZohoCRM.settings.ALL ZohoCRM.org.READ "
    "ZohoCRM.users.READ ZohoCRM.mass_update.UPDATE ZohoCRM.mass_update.READ ZohoCRM.coql.READ ZohoCRM.apis.READ "
    "ZohoSearch.securesearch.READ ZohoCRM.mass_delete.DELETE"
)
SCOPELESS = "ZohoCRM.modules.ALL ZohoCRM.settings.ALL ZohoCRM.org.READ ZohoCRM.users.READ ZohoFiles.files.ALL"
CLIENT_ID = "1000.ZTUISANDBOXCLIENT0000000000001"


def _fixed(word: str) -> str:
    digest = hashlib.sha256(f"ztui sandbox {word}".encode()).hexdigest()
    return f"1000.{digest[:32]}.{digest[32:]}"


CLIENT_SECRET = hashlib.sha256(b"ztui sandbox client secret").hexdigest()[:42]
REFRESH_TOKEN = _fixed("refresh token")
GRANT_CODE = _fixed("grant code")


def fixed_token() -> str:
    """The access token that is always valid: ZTUI_TOKEN, else `seed-token`."""
    return os.environ.get("ZTUI_TOKEN") or "seed-token"


def scopeless_token() -> str:
    """The access token without the bulk scope: ZTUI_TOKEN_SCOPELESS, else `seed-token-no-bulk-scope`."""
    return os.environ.get("ZTUI_TOKEN_SCOPELESS") or "seed-token-no-bulk-scope"


class Tokens:
    """The accounts server's state, kept in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def install(self) -> None:
        """Make the fixed tokens known (again): the two access tokens never expire by themselves."""
        self._keep(fixed_token(), "access", FULL_SCOPES, None)
        if scopeless_token() != fixed_token():
            self._keep(scopeless_token(), "access", SCOPELESS, None)
        self._keep(REFRESH_TOKEN, "refresh", FULL_SCOPES, None)

    def offer_code(self) -> None:
        """Put the standing grant code of a fresh org: valid until it is used."""
        self._keep(GRANT_CODE, "code", FULL_SCOPES, None)

    def _keep(self, token: str, kind: str, scopes: str, expires: float | None, refresh: str = "") -> None:
        with self._store.transaction() as db:
            row = db.execute("SELECT coalesce(max(number), 0) + 1 FROM tokens").fetchone()
            db.execute(
                "INSERT OR REPLACE INTO tokens (token, kind, scopes, expires, refresh, created, number) "
                "VALUES (?,?,?,?,?,?,?)",
                (token, kind, scopes, expires, refresh, self._clock.now(), row[0]),
            )

    def new_code(self, scopes: str = FULL_SCOPES) -> str:
        """A grant code as the API console makes it: valid for three minutes, once."""
        code = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._keep(code, "code", scopes.replace(",", " "), self._clock.now() + CODE_LIFETIME)
        return code

    def expire(self, token: str) -> None:
        """Let an access token run out now."""
        with self._store.transaction() as db:
            db.execute("UPDATE tokens SET expires=? WHERE token=? AND kind='access'", (self._clock.now() - 1, token))

    def accept(self, call: Call) -> Row:
        """The presented access token; raises the gateway's refusal. Both schemes are known, in any letter case."""
        scheme, token = [*call.headers.get("authorization", "").split(None, 1), "", ""][:2]
        token = token.strip()
        if scheme.lower() not in ("zoho-oauthtoken", "bearer") or not token:
            raise gateway_error(401, "AUTHENTICATION_FAILURE", "Authentication failed")
        row = self._store.row("SELECT * FROM tokens WHERE token=? AND kind='access'", (token,))
        now = self._clock.now()
        if row is None or (row["expires"] is not None and row["expires"] <= now):
            raise gateway_error(401, "INVALID_TOKEN", "invalid oauth token")
        call.token = token
        call.reset = iso(row["expires"] if row["expires"] is not None else now + LIFETIME)
        return row

    def answer(self, fields: Mapping[str, str]) -> Answer:
        """`POST /oauth/v2/token` with these form or query fields."""
        grant = fields.get("grant_type", "")
        if grant not in ("refresh_token", "authorization_code"):
            return _error("invalid_request" if not grant else "unsupported_grant_type")
        if fields.get("client_id") != CLIENT_ID:
            return _error("invalid_client")
        if fields.get("client_secret") != CLIENT_SECRET:
            return _error("invalid_client_secret")
        with self._store.transaction():
            return self._refresh(fields) if grant == "refresh_token" else self._exchange(fields)

    def _refresh(self, fields: Mapping[str, str]) -> Answer:
        given = fields.get("refresh_token", "")
        row = self._store.row("SELECT * FROM tokens WHERE token=? AND kind='refresh'", (given,))
        if row is None:
            return _error("invalid_code")
        if self._throttled(given):
            return _throttle()
        return self._grant(given, row["scopes"])

    def _exchange(self, fields: Mapping[str, str]) -> Answer:
        code = fields.get("code", "")
        row = self._store.row("SELECT * FROM tokens WHERE token=? AND kind='code'", (code,))
        if row is None or (row["expires"] is not None and row["expires"] <= self._clock.now()):
            return _error("invalid_code")
        with self._store.transaction() as db:
            db.execute("DELETE FROM tokens WHERE token=?", (code,))
        refresh = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._keep(refresh, "refresh", row["scopes"], None)
        self._trim("kind='refresh' AND token<>?", (REFRESH_TOKEN,), 20)
        return self._grant(refresh, row["scopes"], show_refresh=True)

    def _throttled(self, refresh: str) -> bool:
        since = self._clock.now() - WINDOW
        row = self._store.row("SELECT count(*) AS n FROM grants WHERE refresh=? AND at>?", (refresh, since))
        return row is not None and row["n"] >= TOKENS_PER_WINDOW

    def _grant(self, refresh: str, scopes: str, *, show_refresh: bool = False) -> Answer:
        now = self._clock.now()
        token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._keep(token, "access", scopes, now + LIFETIME, refresh)
        with self._store.transaction() as db:
            db.execute("DELETE FROM grants WHERE at<=?", (now - WINDOW,))
            db.execute("INSERT INTO grants VALUES (?, ?)", (refresh, now))
        self._trim("kind='access' AND refresh=?", (refresh,), LIVE_TOKENS)
        body = {"access_token": token}
        if show_refresh:
            body["refresh_token"] = refresh
        rest = {"scope": scopes, "api_domain": "", "token_type": "Bearer", "expires_in": int(LIFETIME)}
        return Answer(200, dump(body | rest), Service.ACCOUNTS)

    def _trim(self, where: str, args: tuple[str, ...], keep: int) -> None:
        with self._store.transaction() as db:
            db.execute(
                f"DELETE FROM tokens WHERE {where} AND number <= (SELECT number FROM tokens WHERE {where} "
                f"ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (*args, *args, keep),
            )

    def revoke(self, token: str) -> Answer:
        """`POST /oauth/v2/token/revoke`: a refresh token goes with its access tokens."""
        if not token:
            return _error("invalid_code", 400)
        with self._store.transaction() as db:
            gone = db.execute("DELETE FROM tokens WHERE token=? OR refresh=?", (token, token)).rowcount
        return Answer(200, dump({"status": "success"}), Service.ACCOUNTS) if gone else _error("invalid_code", 400)


def _error(word: str, status: int = 200) -> Answer:
    return Answer(status, dump({"error": word}), Service.ACCOUNTS, error=True)


def _throttle() -> Answer:
    text = "You have made too many requests continuously. Please try again after some time."
    body = {"error_description": text, "error": "Access Denied", "status": "failure"}
    return Answer(400, dump(body), Service.ACCOUNTS, error=True)


def covers(held: str, wanted: Iterable[str]) -> bool:
    """Whether space-separated scopes cover one of the wanted ones; `X.ALL` covers every operation on X and below."""
    have = {s.casefold() for s in held.split()}
    for scope in wanted:
        service, _, rest = scope.casefold().partition(".")
        parts = rest.split(".")
        options = {scope.casefold()} | {f"{service}.{'.'.join(parts[:n])}.all" for n in range(1, len(parts))}
        if have & options:
            return True
    return False


def scope_refusal() -> Refused:
    """The gateway's answer to a token that lacks the scope, to be raised."""
    return gateway_error(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
