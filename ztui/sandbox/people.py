"""The org itself, its users, and the list of APIs with their cost in credits."""

from __future__ import annotations

from typing import Any

from ztui.sandbox.metadata import PROFILES, number
from ztui.sandbox.org import CURRENT_USER, ORG_ID, ZGID, UserDef
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, records


async def org(box: Sandbox, call: Call) -> Answer:
    """`GET /org`: `zgid` is what uploads send as X-CRM-ORG."""
    shown: dict[str, Any] = {
        "company_name": "ztui Sandbox",
        "zgid": ZGID,
        "domain_name": f"org{ZGID}",
        "id": ORG_ID,
        "time_zone": "Asia/Kolkata",
        "country_code": "IN",
        "iso_code": "INR",
        "currency": "Indian Rupee",
        "currency_symbol": "Rs.",
        "mc_status": False,
        "primary_email": CURRENT_USER.email,
        "license_details": {"paid_type": "enterprise", "users_license_purchased": 5, "paid": True, "trial_type": None},
    }
    if call.dialect.rank >= 70:
        shown["type"] = "sandbox"
    return records(200, {"org": [shown]})


async def users(box: Sandbox, call: Call) -> Answer:
    """`GET /users?type=…&page=…&per_page=…`."""
    kind = call.query.get("type", "AllUsers")
    chosen = {
        "CurrentUser": [CURRENT_USER],
        "ActiveUsers": [u for u in box.org.users if u.active],
        "ActiveConfirmedUsers": [u for u in box.org.users if u.active],
        "DeactiveUsers": [u for u in box.org.users if not u.active],
        "AdminUsers": [u for u in box.org.users if u.profile == "Administrator"],
        "ActiveConfirmedAdmins": [u for u in box.org.users if u.profile == "Administrator"],
    }.get(kind, list(box.org.users))
    page, per_page = number(call, "page", 1, 10_000), number(call, "per_page", 200, 200)
    part = chosen[(page - 1) * per_page : page * per_page]
    if not part:
        return records(204, None)
    more = page * per_page < len(chosen)
    info = {"per_page": per_page, "count": len(part), "page": page, "more_records": more}
    return records(200, {"users": [_user(u) for u in part], "info": info})


async def user(box: Sandbox, call: Call) -> Answer:
    """`GET /users/{id}`."""
    found = next((u for u in box.org.users if u.id == call.parts["id"]), None)
    return records(200, {"users": [_user(found)]}) if found is not None else records(204, None)


def _user(found: UserDef) -> dict[str, Any]:
    first, _, last = found.full_name.partition(" ")
    profile = next(p for p in PROFILES if p["name"] == found.profile)
    return {
        "id": found.id,
        "full_name": found.full_name,
        "first_name": first,
        "last_name": last,
        "email": found.email,
        "status": "active" if found.active else "inactive",
        "confirm": found.active,
        "role": {"name": "CEO", "id": "4150868000000026005"},
        "profile": profile,
        "time_zone": "Asia/Kolkata",
        "date_format": "dd/MM/yyyy",
        "time_format": "HH:mm",
        "locale": "en_US",
        "zuid": str(690000000 + int(found.id) % 1_000_000),
        "type__s": "Regular User",
    }


_APIS = (
    ("/bulk/{v}/write", "POST", "ZohoCRM.bulk.CREATE", 500),
    ("/bulk/{v}/write/{job_id}", "GET", "ZohoCRM.bulk.READ", 1),
    ("/{v}/{module}/actions/mass_update", "POST", "ZohoCRM.mass_update.UPDATE", 1),
    ("/{v}/{module}/actions/mass_update", "GET", "ZohoCRM.mass_update.READ", 1),
    ("/{v}/{module}", "GET", "ZohoCRM.modules.READ", 3),
    ("/{v}/{module}", "POST", "ZohoCRM.modules.CREATE", 10),
    ("/{v}/{module}", "PUT", "ZohoCRM.modules.UPDATE", 10),
    ("/{v}/{module}/upsert", "POST", "ZohoCRM.modules.CREATE", 10),
    ("/{v}/{module}", "DELETE", "ZohoCRM.modules.DELETE", 1),
    ("/{v}/coql", "POST", "ZohoCRM.coql.READ", 1),
    ("/{v}/settings/modules", "GET", "ZohoCRM.settings.modules.READ", 1),
    ("/{v}/settings/fields", "GET", "ZohoCRM.settings.fields.READ", 1),
    ("/{v}/settings/layouts", "GET", "ZohoCRM.settings.layouts.READ", 1),
    ("/{v}/settings/custom_views", "GET", "ZohoCRM.settings.custom_views.READ", 1),
    ("/{v}/org", "GET", "ZohoCRM.org.READ", 1),
    ("/{v}/users", "GET", "ZohoCRM.users.READ", 1),
)


async def apis(box: Sandbox, call: Call) -> Answer:
    """`GET /__apis`: paths with the credits a call costs at least and at most."""
    by_path: dict[str, list[dict[str, Any]]] = {}
    for path, method, scope, most in _APIS:
        least = most if most in (500, 1) else 1
        operation = {"method": method, "oauth_scope": scope, "max_credits": most, "min_credits": least}
        by_path.setdefault(f"/crm{path.replace('{v}', call.dialect.name)}", []).append(operation)
    return records(200, {"__apis": [{"path": p, "operation_types": ops} for p, ops in by_path.items()]})
