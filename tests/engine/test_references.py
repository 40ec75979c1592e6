"""What lookups and owners can be matched by."""

from ztui.engine.references import reference_keys
from ztui.model.crm import Field, LookupTarget, Module, ModuleSchema

ACCOUNT = Field("Account_Name", "Account", "lookup", lookup=LookupTarget("Accounts", "Account_Name"))
ACCOUNTS = ModuleSchema(
    Module("Accounts", "Account", "Accounts"),
    (
        Field("id", "Record Id", "bigint"),
        Field("Account_Name", "Account Name", "text"),
        Field("Number", "Customer No.", "text", unique=True),
        Field("Mail", "E-mail", "email"),
        Field("Phone", "Phone", "phone"),
    ),
)


def test_a_lookup_is_matched_by_id_name_and_what_is_unique_or_an_address() -> None:
    assert reference_keys(ACCOUNT, ACCOUNTS) == (
        ("id", "record id"),
        ("Account_Name", "Account Name"),
        ("Number", "Customer No."),
        ("Mail", "E-mail"),
    )


def test_without_the_other_module_the_field_itself_tells_id_and_name() -> None:
    assert [key for key, _ in reference_keys(ACCOUNT)] == ["id", "Account_Name"]


def test_an_owner_is_matched_like_a_user() -> None:
    owner = Field("Owner", "Owner", "ownerlookup")
    assert [key for key, _ in reference_keys(owner)] == ["id", "email", "full_name"]


def test_other_fields_point_nowhere() -> None:
    text = Field("Company", "Company", "text")
    assert reference_keys(text) == ()
