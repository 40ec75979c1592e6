from pathlib import Path

import pytest

from ztui.engine.profiles import Profiles
from ztui.errors import ConfigError, SignInError
from ztui.store.locations import Locations


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(Locations.under(tmp_path))


def test_the_first_profile_is_the_current_one(profiles: Profiles) -> None:
    assert profiles.get() is None
    profiles.save(profiles.make("one", {"access_token": "a"}))
    profiles.save(profiles.make("two", {"access_token": "b"}))
    current = profiles.get()
    assert current is not None
    assert current.name == profiles.current == "one"
    assert [p.name for p in profiles.all()] == ["one", "two"]
    with pytest.raises(ConfigError) as caught:
        profiles.get("three")
    assert caught.value.details["known"] == "one, two"


def test_a_change_keeps_what_is_not_given_and_moves_hosts_with_the_data_centre(profiles: Profiles) -> None:
    base = profiles.make(
        "one", {"data_center": "us", "access_token": "a", "domains": {"upload": "https://up.zoho.com"}}
    )
    moved = profiles.make("one", {"data_center": "eu", "access_token": None}, base)
    assert moved.domains.api == "https://www.zohoapis.eu"
    assert moved.domains.upload == "https://up.zoho.com"
    assert moved.credentials == base.credentials
    assert profiles.own_hosts(moved) == {"upload": "https://up.zoho.com"}


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, ("access token",)),
        ({"access_token": "a"}, ()),
        ({"refresh_token": "r", "client_id": "c"}, ("client secret",)),
        ({"refresh_token": "r", "client_id": "c", "client_secret": "s"}, ()),
    ],
)
def test_what_is_missing_for_signing_in(profiles: Profiles, values: dict[str, str], missing: tuple[str, ...]) -> None:
    assert profiles.missing_credentials(profiles.make("one", values)) == missing


def test_choices_begin_with_the_default(profiles: Profiles) -> None:
    assert profiles.versions()[0] == "v2.1"
    assert profiles.data_centers()[0] == "us"
    assert profiles.environments()[0] == "production"


async def test_a_code_needs_the_client_it_was_made_for(profiles: Profiles) -> None:
    with pytest.raises(SignInError) as caught:
        await profiles.exchange(profiles.make("one", {}), "1000.code")
    assert caught.value.code == "CREDENTIALS_INCOMPLETE"


def test_a_zgid_that_was_looked_up_is_kept_only_for_profiles_in_the_file(profiles: Profiles) -> None:
    one = profiles.make("one", {"access_token": "a"})
    assert profiles.learn_zgid(one, "5").zgid == "5"
    assert profiles.all() == ()
    profiles.save(one)
    profiles.learn_zgid(one, "5")
    assert profiles.all()[0].zgid == "5"
