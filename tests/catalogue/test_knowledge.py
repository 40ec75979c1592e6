"""Zoho's facts other than errors."""

import pytest

from ztui import catalogue
from ztui.model.crm import Operation


def test_limits_are_those_of_the_documents() -> None:
    numbers = catalogue.limits()
    assert (numbers.rows_per_file, numbers.columns, numbers.credits_create_job) == (25_000, 200, 500)
    assert (numbers.mass_update_ids, numbers.mass_update_view) == (500, 50_000)
    assert numbers.mass_update_fields_by_module["Deals"] == 3
    assert numbers.zip_bytes <= 25_000_000 < numbers.zip_bytes_refused
    assert (numbers.tokens_per_window, numbers.token_window) == (10, 600)
    assert numbers.editions["free"].base // numbers.credits_create_job == 10


@pytest.mark.parametrize(
    ("center", "environment", "api", "accounts"),
    [
        ("us", "production", "https://www.zohoapis.com", "https://accounts.zoho.com"),
        ("eu", "sandbox", "https://sandbox.zohoapis.eu", "https://accounts.zoho.eu"),
        ("au", "developer", "https://developer.zohoapis.com.au", "https://accounts.zoho.com.au"),
        ("ca", "production", "https://www.zohoapis.ca", "https://accounts.zohocloud.ca"),
    ],
)
def test_domains_by_data_center_and_environment(center: str, environment: str, api: str, accounts: str) -> None:
    found = catalogue.domains(center, environment)
    assert (found.api, found.accounts) == (api, accounts)
    assert found.upload.startswith("https://")


def test_an_unknown_data_center_is_an_error() -> None:
    with pytest.raises(KeyError):
        catalogue.domains("mars")


@pytest.mark.parametrize("center", list(catalogue.data_centers()))
def test_every_data_center_hosts_are_trusted_and_lead_back_to_it(center: str) -> None:
    found = catalogue.data_centers()[center]
    for host in (found.accounts, f"www.{found.api}", found.upload, found.download, found.console):
        assert catalogue.is_zoho_host(host)
        assert catalogue.data_center_of(host) == center
    assert all(catalogue.is_zoho_host(host) for host in found.upload_alternatives)


@pytest.mark.parametrize(
    "host",
    ["evil-zoho.com", "zoho.com.evil.net", "notzohoapis.com", "zohoapis.com.evil", "", "com", "127.0.0.1", "zoho.co"],
)
def test_hosts_that_only_look_like_zoho_are_not_trusted(host: str) -> None:
    assert not catalogue.is_zoho_host(host)
    assert catalogue.data_center_of(host) is None


@pytest.mark.parametrize("host", ["download-accl.zoho.com", "ZOHO.COM", "files.zoho.sa", "download.zohocrm.com."])
def test_hosts_below_zohos_domains_are_trusted(host: str) -> None:
    assert catalogue.is_zoho_host(host)


def test_field_types_say_what_may_be_written() -> None:
    for name in ("formula", "autonumber", "rollup_summary", "subform", "fileupload", "multiselectlookup"):
        kind = catalogue.field_type(name)
        assert not kind.writable
        assert kind.why
    for name in ("text", "picklist", "ownerlookup", "layout", "date"):
        assert catalogue.field_type(name).writable
    assert catalogue.field_type("lookup").find_by
    assert catalogue.field_type("date").takes_format


def test_an_unknown_data_type_is_sent_as_it_is() -> None:
    kind = catalogue.field_type("hologram")
    assert kind.writable
    assert not kind.known
    assert kind.check == "none"


@pytest.mark.parametrize(
    ("name", "generated", "version", "importable"),
    [
        ("Leads", "default", "v2", True),
        ("Events", "default", "v8", False),
        ("Notes", "default", "v8", False),
        ("Quotes", "default", "v2.1", False),
        ("Quotes", "default", "v3", True),
        ("Cars", "custom", "v2", True),
        ("Lines", "subform", "v2", False),
        ("Lines", "subform", "v8", True),
        ("Website", "web", "v8", False),
        ("Unheard_Of", "default", "v8", False),
    ],
)
def test_which_modules_bulk_write_takes(name: str, generated: str, version: str, importable: bool) -> None:
    assert catalogue.modules().importable(name, generated, version=version) is importable


def test_versions_tell_their_dialects_apart() -> None:
    found = catalogue.versions()
    assert found.module_as_string == ("v2",)
    assert not {"v2", "v2.1"} & set(found.with_file_names)
    assert set(found.with_file_names) < set(found.all)


def test_the_recommended_scopes_satisfy_every_need_but_the_optional_one() -> None:
    scopes = catalogue.scopes()
    missing = {key for key, need in scopes.needs.items() if not set(need.any_of) & set(scopes.recommended)}
    assert missing == {"apis"}
    assert scopes.line.startswith("ZohoCRM.bulk.ALL,ZohoCRM.modules.ALL,ZohoFiles.files.ALL,")
    assert " " not in scopes.line


def test_dates_are_sent_in_an_accepted_format() -> None:
    formats = catalogue.date_formats()
    assert formats.sent_date in formats.dates
    assert formats.sent_datetime in formats.datetimes
    assert "yyyy/MM/dd" in formats.dates
    assert len(set(formats.dates)) == len(formats.dates)


def test_stock_modules_have_their_mandatory_fields() -> None:
    for module in ("Leads", "Contacts", "Accounts", "Deals"):
        schema = catalogue.standard_schema(module)
        assert schema is not None
        mandatory = {f.api_name for f in schema.fields if f.system_mandatory}
        assert mandatory == set(catalogue.modules().system_mandatory[module])
        record_id = schema.fields[0]
        assert record_id.api_name == "id"
        assert not record_id.writable(Operation.INSERT)
        assert record_id.writable(Operation.UPDATE)
    assert catalogue.standard_schema("Unheard_Of") is None
    assert catalogue.standard_fields("Unheard_Of") == ()


def test_stock_fields_that_nobody_can_write_are_marked() -> None:
    leads = {f.api_name: f for f in catalogue.standard_fields("Leads")}
    assert leads["Owner"].can_create
    assert not leads["Created_Time"].can_create
    assert leads["Lead_Status"].picklist
    assert catalogue.display_field("Leads") == "Full_Name"
    assert catalogue.display_field("Unheard_Of") is None
