"""What the screens share while a person prepares one import: workspace, file, module, draft, and the latest check."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ztui.errors import ZtuiError

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.preflight import CheckReport
    from ztui.engine.workspace import Workspace
    from ztui.model.crm import Field, ModuleSchema
    from ztui.model.mapping import Mapping
    from ztui.model.profile import Profile
    from ztui.model.table import DialectOverrides
    from ztui.tui.draft import Draft

DEFAULT_MODULE = "Leads"


class Session:
    """One import in the making. It draws nothing; screens call it from their workers and show what came of it."""

    def __init__(
        self,
        workspace: Workspace | Callable[[], Workspace],
        path: str | None = None,
        module: str | None = None,
    ) -> None:
        self._given = workspace
        self._workspace: Workspace | None = None
        self.path = path
        self.module = module
        #: What the user insists on about the format; None: nothing.
        self.overrides: DialectOverrides | None = None
        self.file: OpenFile | None = None
        self.schema: ModuleSchema | None = None
        self.draft: Draft | None = None
        self.report: CheckReport | None = None
        self.checked: Mapping | None = None
        #: Rows that Zoho would refuse are left out; False sends them anyway.
        self.leave_out = True

    # -- the workspace

    async def workspace(self) -> Workspace:
        """The workspace, opened at the first call: its imports must not delay the first paint."""
        if self._workspace is None:
            given = self._given
            self._workspace = await asyncio.to_thread(given) if callable(given) else given
        return self._workspace

    @property
    def ready(self) -> Workspace:
        """The workspace that was opened already."""
        if self._workspace is None:
            raise RuntimeError("the workspace is not open yet")
        return self._workspace

    @property
    def opened(self) -> Workspace | None:
        """The workspace, None before it was opened."""
        return self._workspace

    async def use_profile(self, name: str) -> None:
        """Work with another profile: its org has other fields, so the module and its mapping are read anew."""
        workspace = await self.workspace()
        workspace.use(name)
        self.schema = None
        self.draft = None
        self.report = self.checked = None

    def leave_file(self) -> None:
        """Close the file that is open, with its mapping and check."""
        if self.file is not None:
            self.file.close()
        self.path = self.file = self.draft = None
        self.report = self.checked = None

    @property
    def profile(self) -> Profile | None:
        """The profile in use, as far as it is known."""
        return self._workspace.profile if self._workspace is not None else None

    # -- file and module

    async def open(self, path: str, overrides: DialectOverrides | None = None) -> OpenFile:
        """Open another file; the mapping of the one before is dropped. Raises SourceError.

        It does not wait for the workspace: rows are on screen before profiles have been read.
        """

        def work() -> OpenFile:
            from ztui.engine.files import OpenFile

            return OpenFile.open(path, overrides) if overrides is not None else OpenFile.open(path)

        file = await asyncio.to_thread(work)
        if self.file is not None:
            self.file.close()
        self.path, self.file, self.overrides = path, file, overrides
        self.draft = None
        self.report = self.checked = None
        return file

    async def reread(self, overrides: DialectOverrides) -> OpenFile:
        """Read the same file another way; the mapping is kept when the headers stay the same. Raises SourceError."""
        if self.file is None:
            raise RuntimeError("no file is open")
        before = self.file
        file = await before.reopen(overrides)
        if file is not before:
            before.close()
        self.file, self.overrides = file, overrides
        self.report = self.checked = None
        if self.draft is not None and self.draft.mapping.headers != file.info.headers:
            self.draft = None
        return file

    async def choose_module(self, module: str) -> None:
        """Take the fields of this module and propose a mapping. Raises ZohoError when the org cannot be asked."""
        workspace = await self.workspace()
        self.schema = await workspace.schema(module)
        self.module = module
        self.draft = None
        self.report = self.checked = None

    async def propose(self) -> Draft:
        """A draft for file and module: the mapping remembered for these headers, else a proposal."""
        if self.file is None or self.schema is None:
            raise RuntimeError("a file and a module come first")
        workspace = await self.workspace()
        from ztui.tui.draft import Draft

        file, schema = self.file, self.schema
        headers = file.info.headers

        def work() -> Draft:
            from ztui.engine.suggest import mapping_from, suggest

            samples = [row.cells for row in file.sample()]
            suggestions = suggest(headers, samples, schema)
            remembered = workspace.mappings.recall(headers, schema.module.api_name)
            mapping = remembered or mapping_from(suggestions, headers, schema)
            return Draft(mapping, schema, suggestions)

        self.draft = await asyncio.to_thread(work)
        self.report = self.checked = None
        return self.draft

    async def reference_keys(self, field: Field) -> tuple[tuple[str, str], ...]:
        """(find_by, label) pairs that a lookup or owner can be matched by; () for other fields."""
        from ztui.engine.references import reference_keys

        target = field.lookup.module if field.lookup is not None else ""
        known = reference_keys(field)
        if not known or not target:
            return known
        workspace = await self.workspace()
        try:
            return reference_keys(field, await workspace.schema(target))
        except ZtuiError:
            # Not every module can be asked for (offline, no permission): what the field itself tells remains.
            return known

    # -- checking

    async def check(self, on_report: Callable[[CheckReport], None]) -> CheckReport:
        """Check every row with the mapping as it is now; `on_report` gets what is known so far, on the loop."""
        if self.file is None or self.schema is None or self.draft is None:
            raise RuntimeError("nothing to check")
        from ztui.engine.preflight import check

        workspace = await self.workspace()
        mapping = self.draft.mapping
        report = await check(self.file, mapping, self.schema, online=workspace.directory(), on_report=on_report)
        self.report, self.checked = report, mapping
        return report

    @property
    def report_is_current(self) -> bool:
        """True when the latest check was of the mapping as it is now, to the end."""
        return (
            self.report is not None
            and self.report.complete
            and self.draft is not None
            and self.checked == self.draft.mapping
        )

    def remember(self) -> None:
        """Keep the mapping for files with the same headers: it is being sent, so it is meant."""
        if self.draft is not None:
            self.ready.mappings.remember(self.draft.mapping)
            self.draft.keep()

    async def aclose(self) -> None:
        """Close file and workspace."""
        if self.file is not None:
            self.file.close()
        if self._workspace is not None:
            await self._workspace.aclose()
