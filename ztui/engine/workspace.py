"""The one object both front doors work with: the profile in use, its org, files, mappings, runs and mass updates.

It opens connections when they are first needed and closes what it opened. One per process, used in one event loop.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ztui import catalogue
from ztui.engine.directory import Directory
from ztui.engine.metadata import Metadata
from ztui.engine.profiles import Profiles
from ztui.errors import AnswerLost, ConfigError, Unreachable, ZohoError
from ztui.model.crm import Credits, CustomView, Module, ModuleSchema, Org, User
from ztui.model.profile import Profile
from ztui.model.table import DialectOverrides
from ztui.store.locations import Locations
from ztui.store.recent import RecentFile, RecentFiles
from ztui.store.tokens import TokenStore

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.mappings import Mappings
    from ztui.engine.mass_updates import MassUpdates
    from ztui.engine.runs import Runs
    from ztui.engine.sandboxed import Sandbox
    from ztui.engine.unsent import Unsent
    from ztui.zoho.client import ZohoClient

__all__ = ["RecentFile", "Workspace"]

AS_DETECTED = DialectOverrides()


class Workspace:
    """An async context manager, or close it with `aclose()`. `profile` None: no org yet, files work all the same."""

    def __init__(self, profile: Profile | None, profiles: Profiles, locations: Locations) -> None:
        self.profile = profile
        self.profiles = profiles
        self.locations = locations
        self._fixed = {profile.name: profile} if profile is not None and profile.sandbox else {}
        self._tokens = TokenStore(locations.tokens_file)
        self._clients: dict[str, ZohoClient] = {}
        self._connecting = asyncio.Lock()
        self._open = AsyncExitStack()
        self._metadata: dict[str, Metadata] = {}
        self._recent = RecentFiles(locations.recent_file)
        self._mappings: Mappings | None = None
        self._runs: Runs | None = None
        self._mass_updates: MassUpdates | None = None

    @classmethod
    def open(
        cls, profile: str | None = None, *, sandbox: Sandbox | None = None, locations: Locations | None = None
    ) -> Workspace:
        """Open with the named profile, else the current one, else the sandbox's. Reads `profiles.toml`, nothing more.

        Raises ConfigError when the named profile does not exist or the file is broken.
        """
        places = locations or Locations.default()
        profiles = Profiles(places)
        chosen = sandbox.profile() if sandbox is not None else profiles.get(profile or "")
        return cls(chosen, profiles, places)

    # -- profile and org

    def use(self, name: str) -> None:
        """Work with another profile from now on; it becomes the current one. Raises ConfigError PROFILE_UNKNOWN."""
        if name in self._fixed:
            self.profile = self._fixed[name]
            return
        self.profile = self.profiles.get(name)
        self.profiles.use(name)
        self._metadata.pop(name, None)  # it may have been pointed at another org

    async def connect(self, name: str = "") -> ZohoClient:
        """The client of a profile (the one in use for ""), opened once. Raises ConfigError when there is none."""
        profile = self.profile_named(name)
        async with self._connecting:
            client = self._clients.get(profile.name)
            # A profile that was changed meanwhile needs another client; an id that was only looked up does not.
            if client is None or replace(client.profile, zgid="") != replace(profile, zgid=""):
                from ztui.zoho.client import ZohoClient

                client = await self._open.enter_async_context(ZohoClient(profile, tokens=self._tokens))
                self._clients[profile.name] = client
        return client

    def profile_named(self, name: str = "") -> Profile:
        """The profile of this name, or the one in use for ""; also the sandbox's. Raises ConfigError."""
        if not name or (self.profile is not None and name == self.profile.name):
            found = self.profile
        else:
            found = self._fixed.get(name) or self.profiles.get(name)
        if found is None:
            raise ConfigError("PROFILE_NONE")
        return found

    @property
    def metadata(self) -> Metadata:
        """What the org of the profile in use is made of, asked for once; `metadata.forget()` asks anew."""
        profile = self.profile
        name = profile.name if profile is not None else ""
        if name not in self._metadata:
            connect = (lambda: self.connect(name)) if profile is not None else None
            self._metadata[name] = Metadata(connect, profile.api_version if profile is not None else "v2.1")
        return self._metadata[name]

    async def org(self) -> Org:
        """The organisation; its zgid is remembered with the profile. Raises ZohoError, ConfigError PROFILE_NONE."""
        org = await self.metadata.org()
        if self.profile is not None and not self.profile.zgid and org.zgid:
            self.profile = self.profiles.learn_zgid(self.profile, org.zgid)
        return org

    async def users(self) -> tuple[User, ...]:
        """The org's users; none without a profile. Raises ZohoError."""
        return await self.metadata.users()

    async def modules(self) -> tuple[Module, ...]:
        """The modules, importable ones first; the standard ones without a profile. Raises ZohoError."""
        return await self.metadata.modules()

    async def schema(self, module: str) -> ModuleSchema:
        """Fields and layouts of a module; the catalogue's standard fields without a profile.

        Raises ZohoError, and UsageError MODULE_MISSING for a module that is not there.
        """
        return await self.metadata.schema(module)

    async def schema_or_standard(self, module: str) -> tuple[ModuleSchema, ZohoError | None]:
        """`schema`, or the catalogue's standard fields with the reason when the org cannot be reached.

        Raises what `schema` raises for an org that answers, and for a module that is no standard one.
        """
        try:
            return await self.schema(module), None
        except (Unreachable, AnswerLost) as problem:
            standard = catalogue.standard_schema(module)
            if standard is None:
                raise
            return standard, problem

    async def custom_views(self, module: str) -> tuple[CustomView, ...]:
        """The views of a module; none without a profile. Raises ZohoError."""
        return await self.metadata.custom_views(module)

    async def credits(self) -> Credits:
        """API credits as far as the answers so far told."""
        return (await self.connect()).credits if self.profile is not None else Credits()

    def directory(self) -> Directory | None:
        """What asks the org about values while a file is checked; None without a profile."""
        name = self.profile.name if self.profile is not None else ""
        return Directory(lambda: self.connect(name), self.metadata) if name else None

    # -- files

    async def open_file(self, path: str, overrides: DialectOverrides = AS_DETECTED) -> OpenFile:
        """Open a CSV (or "-" for standard input) and put it among the recent files. Raises SourceError."""
        from ztui.engine.files import OpenFile

        file = await OpenFile.opened(path, overrides)
        await self.remember(file)
        return file

    async def remember(self, file: OpenFile) -> None:
        """Put an open file among the recent ones (standard input is none)."""
        if file.info.path != "-":
            await asyncio.to_thread(self._recent.add, Path(file.info.path), file.info.size)

    def recent_files(self) -> list[RecentFile]:
        """Files opened lately that still exist, newest first."""
        return self._recent.all()

    # -- what is kept

    @property
    def mappings(self) -> Mappings:
        """Saved and remembered mappings."""
        if self._mappings is None:
            from ztui.engine.mappings import Mappings

            self._mappings = Mappings(self.locations.mappings_dir)
        return self._mappings

    @property
    def unsent(self) -> Unsent:
        """Mappings changed by hand and not sent yet."""
        from ztui.engine.unsent import Unsent

        return Unsent(self.locations.unsent_dir, self.mappings)

    @property
    def runs(self) -> Runs:
        """All imports. Opens the ledger; raises StoreError."""
        if self._runs is None:
            from ztui.engine.runs import Runs
            from ztui.store.ledger import Ledger

            self._runs = Runs(
                lambda: Ledger(self.locations.ensure(self.locations.state_dir)),
                profile_of=self.profile_named,
                connect=self.connect,
            )
        return self._runs

    @property
    def mass_updates(self) -> MassUpdates:
        """One value written to many records."""
        if self._mass_updates is None:
            from ztui.engine.mass_updates import MassUpdates

            self._mass_updates = MassUpdates(self)
        return self._mass_updates

    # -- the end

    async def aclose(self) -> None:
        """Close connections and the ledger; runs under way must have been cancelled before.

        What a killed process left behind of files it had open is removed then.
        """
        if self._at_home():  # the ledger of a throw-away session knows nothing of what is needed
            from ztui.engine.leftovers import clear_leftovers

            clear_leftovers(lambda: self.runs)  # a millisecond; not awaited: a cancellation cannot skip the rest
        if self._runs is not None:
            self._runs.close()
            self._runs = None
        self._clients.clear()
        await self._open.aclose()

    async def __aenter__(self) -> Workspace:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _at_home(self) -> bool:
        """True when this is the user's own state."""
        try:
            return self.locations == Locations.default()
        except ConfigError:  # there is no home at all
            return False
