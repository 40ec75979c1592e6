"""The profiles, as both front doors see them: list, add, change, remove, switch, and where the secrets come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ztui import catalogue
from ztui.engine.trial import OnStep, Trial
from ztui.errors import ConfigError, SignInError
from ztui.model.profile import Profile, Secret
from ztui.store.locations import Locations
from ztui.store.profiles import ProfileStore, make_profile, table_of
from ztui.store.tokens import TokenStore


class Profiles:
    """All profiles of this user. Reading methods look at the file each time, so that two processes agree."""

    def __init__(self, locations: Locations) -> None:
        self._store = ProfileStore(locations.profiles_file)
        self._tokens = TokenStore(locations.tokens_file)

    @property
    def path(self) -> str:
        """Where they are kept."""
        return str(self._store.path)

    @property
    def current(self) -> str:
        """The name of the current profile, "" when there is none. Raises ConfigError."""
        return self._store.load().current

    def all(self) -> tuple[Profile, ...]:
        """Every profile in the file's order. Raises ConfigError, StoreError."""
        return tuple(self._store.load().profiles.values())

    def get(self, name: str = "") -> Profile | None:
        """The profile of this name, or the current one for ""; None when no profile is set up at all.

        Raises ConfigError PROFILE_UNKNOWN for a name that is not there.
        """
        found = self._store.load()
        if not name:
            return found.profiles.get(found.current)
        if name not in found.profiles:
            known = ", ".join(found.profiles) or "none yet"
            raise ConfigError("PROFILE_UNKNOWN", details={"name": name, "known": known})
        return found.profiles[name]

    def make(self, name: str, values: Mapping[str, object], base: Profile | None = None) -> Profile:
        """A profile from fields (keys of its TOML table), the others as in `base`. Raises ConfigError PROFILE_FIELD.

        Moving to another data centre or environment brings its hosts along, except those that are given.
        """
        given = {key: value for key, value in values.items() if value is not None}
        return make_profile(name, {**(table_of(base) if base is not None else {}), **given})

    def save(self, profile: Profile, *, replace: bool = True) -> None:
        """Add it or replace the one of its name. Raises ConfigError PROFILE_EXISTS when that must not be."""
        self._store.save(profile, replace=replace)

    def remove(self, name: str) -> None:
        """Take it out. Raises ConfigError PROFILE_UNKNOWN."""
        self._store.remove(name)

    def use(self, name: str) -> None:
        """Make it the current one. Raises ConfigError PROFILE_UNKNOWN."""
        self._store.use(name)

    def learn_zgid(self, profile: Profile, zgid: str) -> Profile:
        """The profile with the organisation's id that was looked up, kept in the file if the profile is there."""
        learnt = replace(profile, zgid=zgid)
        if not profile.sandbox and profile.name in self._store.load().profiles:
            self._store.save(learnt)
        return learnt

    def own_hosts(self, profile: Profile) -> dict[str, str]:
        """The hosts that were given explicitly, by part; those of the data centre are not in it."""
        return dict(table_of(profile).get("domains", {}))

    def data_centers(self) -> tuple[str, ...]:
        """The data centres by their short names, the default first."""
        return tuple(catalogue.data_centers())

    def environments(self) -> tuple[str, ...]:
        """Zoho's kinds of orgs."""
        return catalogue.environments()

    def versions(self) -> tuple[str, ...]:
        """The API versions a profile may speak, the default first."""
        default = make_profile("any", {}).api_version
        return (default, *(v for v in catalogue.versions().all if v != default))

    def missing_credentials(self, profile: Profile) -> tuple[str, ...]:
        """The fields that are needed for signing in and not there; () when it can sign in."""
        creds = profile.credentials
        if creds.access_token:
            return ()
        given = {
            "refresh token": creds.refresh_token,
            "client id": creds.client_id,
            "client secret": creds.client_secret,
        }
        if not any(given.values()):
            return ("access token",)
        return tuple(name for name, value in given.items() if not value)

    async def test(self, profile: Profile, on_step: OnStep | None = None) -> Trial:
        """Try the profile out; `on_step` hears each step as it ends. Failures are in the steps, not raised."""
        from ztui.zoho.client import ZohoClient

        trial = Trial(profile, on_step)
        async with ZohoClient(profile, tokens=self._tokens) as client:
            await trial.run(client)
        return trial

    async def exchange(self, profile: Profile, code: str) -> Profile:
        """The profile with the refresh token that a self client's code (good once, for minutes) is exchanged for.

        Raises SignInError when Zoho refuses it, and when client id or secret are missing.
        """
        from ztui.zoho.client import exchange_code

        creds = profile.credentials
        if not creds.client_id or creds.client_secret is None:
            facts = {"profile": profile.name, "missing": "client id and client secret"}
            raise SignInError("CREDENTIALS_INCOMPLETE", details=facts, level="local")
        grant = await exchange_code(
            profile.domains, creds.client_id, creds.client_secret, Secret(code), data_center=profile.data_center
        )
        if grant.refresh_token is None:
            facts = {"profile": profile.name, "missing": "a refresh token: the code was not made by a self client"}
            raise SignInError("CREDENTIALS_INCOMPLETE", details=facts, level="local")
        return replace(profile, credentials=replace(creds, refresh_token=grant.refresh_token))
