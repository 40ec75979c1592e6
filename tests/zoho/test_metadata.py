"""Metadata of every version as schemas, lenient to whatever is missing or odd."""

from typing import Any

import httpx
import pytest

from tests.zoho.support import Server, refusal, reply, serving
from ztui.errors import ApiError, SignInError
from ztui.model.crm import Field, ModuleSchema, Operation, PickListValue

MODULES = {
    "modules": [
        {
            "api_name": "Leads",
            "singular_label": "Lead",
            "plural_label": "Leads",
            "id": "1",
            "generated_type": "default",
        },
        {
            "api_name": "Cars",
            "module_name": "CustomModule1",
            "generated_type": "custom",
            "creatable": False,
            "status": "user_hidden",
        },
        {"singular_label": "no name"},
        "nonsense",
    ]
}
YES = {"web_create": True, "web_update": True, "api_create": True, "api_update": True}
NO = dict.fromkeys(YES, False)


def field(name: str, kind: str = "text", **more: object) -> dict[str, object]:
    return {"api_name": name, "field_label": name.replace("_", " "), "data_type": kind, **more}


def server_of(
    fields: list[dict[str, object]] | httpx.Response, layouts: list[dict[str, object]] | httpx.Response | None = None
) -> Server:
    def handler(request: httpx.Request) -> httpx.Response:
        match request.url.path.rsplit("/", 1)[1]:
            case "modules":
                return reply(MODULES)
            case "fields":
                return reply({"fields": fields}) if isinstance(fields, list) else fields
            case _:
                return reply({"layouts": layouts or []}) if not isinstance(layouts, httpx.Response) else layouts

    return serving(handler)


async def schema(fields: list[dict[str, object]], layouts: list[dict[str, object]] | None = None) -> ModuleSchema:
    async with server_of(fields, layouts).client() as client:
        return await client.schema("Leads")


async def one(**more: Any) -> Field:
    found = (await schema([field(**{"name": "X", **more})])).field(more.get("name", "X"))
    assert found is not None
    return found


def layout(name: str = "Standard", **more: object) -> dict[str, object]:
    return {"id": "9", "name": name, "status": "active", "visible": True, "sections": [], **more}


def section(*fields: dict[str, object]) -> list[dict[str, object]]:
    return [{"name": "Information", "fields": list(fields)}]


async def test_modules_are_read() -> None:
    async with serving(reply(MODULES)).client() as client:
        leads, cars = await client.modules()
    assert (leads.api_name, leads.singular_label, leads.plural_label, leads.id) == ("Leads", "Lead", "Leads", "1")
    assert leads.creatable
    assert leads.visible
    assert (cars.api_name, cars.generated_type, cars.creatable, cars.visible) == ("Cars", "custom", False, False)
    assert cars.singular_label == "Cars"


async def test_the_calls_of_a_schema() -> None:
    server = server_of([])
    async with server.client() as client:
        await client.schema("Leads")
    assert sorted(server.paths) == [f"/crm/v2.1/settings/{what}" for what in ("fields", "layouts", "modules")]
    assert all(r.url.params.get("module") == "Leads" for r in server.requests if not r.url.path.endswith("modules"))


async def test_layouts_bring_requirements_and_picklists() -> None:
    fields = [field("Owner", "ownerlookup"), field("Stage", "picklist", pick_list_values=[{"display_value": "All"}])]
    required = section(
        {"api_name": "Owner", "required": True},
        {"api_name": "Stage", "pick_list_values": [{"display_value": "Own", "actual_value": "own", "type": "unused"}]},
    )
    found = await schema(
        fields,
        [layout("Other", id="8", sections=section({"api_name": "Stage", "required": True})), layout(sections=required)],
    )
    owner, stage = found.field("Owner"), found.field("Stage")
    assert owner is not None
    assert stage is not None
    assert owner.required
    assert not stage.required
    assert stage.picklist == (PickListValue("Own", "own", used=False),)
    assert [(known.name, known.default) for known in found.layouts] == [("Other", False), ("Standard", True)]
    assert found.layouts[1].required == ("Owner",)


async def test_the_list_of_the_layout_field_are_the_layouts() -> None:
    found = await schema([field("Layout", "layout")], [layout("Other", id="8"), layout("Gone", status="inactive")])
    known = found.field("Layout")
    assert known is not None
    assert known.picklist == (PickListValue("Other", "8"),)


@pytest.mark.parametrize(
    ("layouts", "default"),
    [
        ([layout("A", profiles=[{"default": False}]), layout("B", profiles=[{"default": True}])], "B"),
        ([layout("A", status="inactive"), layout("B")], "B"),
        ([layout("A", status=0), layout("B", status=0)], "A"),
        ([layout("A", visible=False)], None),
        ([], None),
    ],
)
async def test_which_layout_counts(layouts: list[dict[str, object]], default: str | None) -> None:
    found = await schema([], layouts)
    assert next((known.name for known in found.layouts if known.default), None) == default


async def test_without_the_right_to_see_layouts_the_fields_still_come() -> None:
    async with server_of([field("Company")], refusal("NO_PERMISSION", 403)).client() as client:
        assert (await client.schema("Leads")).field("Company") is not None


async def test_an_unknown_module_is_told() -> None:
    bad = refusal("INVALID_MODULE", 400, "the module name given seems to be invalid")
    async with server_of(bad, bad).client() as client:
        with pytest.raises(ApiError) as caught:
            await client.schema("Nonsense")
    assert caught.value.details["module"] == "Nonsense"


async def test_a_missing_settings_scope_is_told() -> None:
    bad = refusal("OAUTH_SCOPE_MISMATCH", 401)
    async with server_of(bad, bad).client() as client:
        with pytest.raises(SignInError) as caught:
            await client.schema("Leads")
    assert caught.value.details["scope"] == "ZohoCRM.settings.ALL"


@pytest.mark.parametrize(
    ("more", "create", "update"),
    [
        ({}, True, True),
        ({"operation_type": YES}, True, True),
        ({"operation_type": {**YES, "api_update": False}}, True, False),
        ({"operation_type": NO}, False, False),
        ({"name": "Owner", "kind": "ownerlookup", "field_read_only": True, "operation_type": YES}, True, True),
        ({"name": "Owner", "kind": "ownerlookup", "field_read_only": True}, True, True),
        ({"read_only": True}, False, False),
        ({"field_read_only": True}, False, False),
        ({"virtual_field": True}, False, False),
        ({"virtual_field": True, "operation_type": YES}, True, True),
        ({"name": "Created_Time", "kind": "datetime"}, False, False),
        ({"name": "Full_Name", "operation_type": YES}, False, False),
        ({"kind": "formula", "operation_type": YES}, False, False),
        ({"kind": "autonumber"}, False, False),
        ({"kind": "subform", "operation_type": YES}, False, False),
        ({"kind": "hologram"}, True, True),
        ({"operation_type": None}, True, True),
        ({"operation_type": {"api_create": "yes"}}, True, True),
    ],
)
async def test_who_may_write_a_field(more: dict[str, object], create: bool, update: bool) -> None:
    found = await one(**more)
    assert (found.can_create, found.can_update) == (create, update)


async def test_the_record_id_is_a_key_and_comes_first() -> None:
    for fields in ([field("A")], [field("A"), field("id", "bigint", operation_type=NO)]):
        found = await schema(fields)
        assert [f.api_name for f in found.fields] == ["id", "A"]
        assert found.fields[0].writable(Operation.UPDATE)
        assert not found.fields[0].writable(Operation.INSERT)


@pytest.mark.parametrize(
    ("more", "unique", "sensitive"),
    [
        ({}, False, False),
        ({"unique": {}}, False, False),
        ({"unique": None}, False, False),
        ({"unique": {"case_sensitive": False}}, True, False),
        ({"unique": {"casesensitive": "true"}}, True, True),
        ({"unique": {"case_sensitive": True}}, True, True),
    ],
)
async def test_unique_fields(more: dict[str, object], unique: bool, sensitive: bool) -> None:
    found = await one(**more)
    assert (found.unique, found.unique_case_sensitive) == (unique, sensitive)


@pytest.mark.parametrize(
    ("told", "module", "shown"),
    [
        ({"module": {"api_name": "Accounts", "id": "3"}}, "Accounts", "Account_Name"),
        ({"module": "Accounts"}, "Accounts", "Account_Name"),
        ({"module": {"api_name": "Cars"}}, "Cars", None),
    ],
)
async def test_lookups(told: dict[str, object], module: str, shown: str | None) -> None:
    found = await one(kind="lookup", lookup=told)
    assert found.lookup is not None
    assert (found.lookup.module, found.lookup.display_field) == (module, shown)


@pytest.mark.parametrize("told", [None, {}, [], "x", {"module": None}, {"module": {"id": "3"}}])
async def test_fields_that_look_nothing_up(told: object) -> None:
    assert (await one(kind="text", lookup=told)).lookup is None


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ({"mass_update": True}, True),
        ({"mass_update": False}, False),
        ({}, True),
        ({"kind": "textarea"}, False),
        ({"name": "Email", "kind": "email"}, False),
        ({"kind": "formula"}, False),
    ],
)
async def test_mass_update_by_metadata_or_else_by_type(more: dict[str, object], allowed: bool) -> None:
    assert (await one(**more)).mass_update is allowed


async def test_system_mandatory_is_what_zoho_demands_everywhere() -> None:
    assert (await one(name="Last_Name", system_mandatory=False)).system_mandatory
    assert (await one(system_mandatory=True)).mandatory
    assert not (await one()).mandatory
    assert (await one(mandatory=True)).mandatory


async def test_other_facts_of_a_field() -> None:
    found = await one(
        length="80",
        decimal_place=2,
        visible=False,
        custom_field=True,
        external={"type": "org"},
        field_label=None,
        display_label="Given",
        id=77,
        pick_list_values=[{"display_value": "A"}, {"actual_value": "b"}, None],
    )
    assert (found.length, found.decimal_place, found.visible, found.custom, found.external) == (
        80,
        2,
        False,
        True,
        True,
    )
    assert (found.label, found.id) == ("Given", "77")
    assert found.picklist == (PickListValue("A", "A"), PickListValue("b", "b"))


async def test_a_field_of_nonsense_does_not_spoil_the_others() -> None:
    odd: dict[str, object] = {
        key: {"deep": [1]} for key in ("api_name", "length", "unique", "visible", "pick_list_values", "id")
    }
    found = await schema(
        [odd, {"api_name": None}, field("Good", length=[1], visible="maybe", pick_list_values={"a": 1})]
    )
    assert [f.api_name for f in found.fields] == ["id", "Good"]
    assert found.fields[1].length is None
    assert found.fields[1].visible
