"""What the screens share while a person prepares one import: workspace, file, module, draft, and the latest check."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ztui.errors import StoreError, ZtuiError
from ztui.tui.aside import CARRIED, Aside, begin

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.preflight import CheckMemory, CheckReport
    from ztui.engine.unsent import Unsent
    from ztui.engine.workspace import Workspace
    from ztui.model.crm import Field, ModuleSchema
    from ztui.model.finding import Finding
    from ztui.model.mapping import FieldMapping, Mapping
    from ztui.model.profile import Profile
    from ztui.model.table import DialectOverrides
    from ztui.tui.draft import Draft

DEFAULT_MODULE = "Leads"
OPENING_SECONDS = 2.0
"""How long closing waits for a workspace that is just being opened: what it is read from may hang."""


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
        self._opening: asyncio.Task[Workspace] | None = None
        self.path = path
        self.module = module
        #: What the user insists on about the format; None: nothing.
        self.overrides: DialectOverrides | None = None
        self.file: OpenFile | None = None
        self.schema: ModuleSchema | None = None
        self.draft: Draft | None = None
        self.report: CheckReport | None = None
        self.checked: tuple[Mapping, frozenset[FieldMapping]] | None = None
        self._memory: CheckMemory | None = None
        #: Rows that Zoho would refuse are left out; False sends them anyway.
        self.leave_out = True
        #: A person has said that the file is right as it is read, whatever speaks against it.
        self.as_read = False
        #: When the draft was left that `propose` has brought back (ISO-8601), "" when it brought none.
        self.restored = ""
        #: `propose` has carried the mapping over to the same columns, which have other names now.
        self.carried = False
        self._aside = Aside()
        self._insisted = module is not None
        #: By (path, module) what is kept of drafts, None for nothing; and of these what is not written down yet.
        self._noted: dict[tuple[str, str], Mapping | None] = {}
        self._unkept: dict[tuple[str, str], Mapping | None] = {}
        self._keeping = asyncio.Lock()

    # -- the workspace

    async def workspace(self) -> Workspace:
        """The workspace, opened at the first call: its imports must not delay the first paint.

        It is opened once, whoever else asks meanwhile or gives up waiting.
        """
        if self._workspace is not None:
            return self._workspace
        if self._opening is None or self._opening.done():  # done, yet no workspace: it failed
            self._opening = asyncio.create_task(self._open_workspace())
        return await asyncio.shield(self._opening)

    async def _open_workspace(self) -> Workspace:
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
        self._aside.clear()
        self.report = self.checked = self._memory = None

    def leave_file(self) -> None:
        """Close the file that is open, with its mapping and check."""
        if self.file is not None:
            self.file.close()
        self.path = self.file = self.draft = None
        self._aside.clear()
        self.report = self.checked = self._memory = None

    @property
    def profile(self) -> Profile | None:
        """The profile in use, as far as it is known."""
        return self._workspace.profile if self._workspace is not None else None

    # -- file and module

    async def open(self, path: str, overrides: DialectOverrides | None = None) -> OpenFile:
        """Open another file; the mapping of the one before is dropped. Raises SourceError.

        It does not wait for the workspace: rows come before profiles; nor, once cancelled, for a silent pipe.
        """
        from ztui.engine.background import abandonable

        def work() -> OpenFile:
            from ztui.engine.files import OpenFile

            return OpenFile.open(path, overrides) if overrides is not None else OpenFile.open(path)

        file = await abandonable(work, lambda late: late.close())
        if self.file is not None:
            self.file.close()
        self.path, self.file, self.overrides, self.as_read = path, file, overrides, False
        self.draft = None
        self._aside.clear()
        self.report = self.checked = self._memory = None
        return file

    async def reread(self, overrides: DialectOverrides) -> OpenFile:
        """Read the same file another way; the mapping stays when the headers do, else it waits to be asked for by
        `propose`. Raises SourceError."""
        if self.file is None:
            raise RuntimeError("no file is open")
        before = self.file
        file = await before.reopen(overrides)
        if file is not before:
            before.close()
        self.file, self.overrides, self.as_read = file, overrides, False
        self.report = self.checked = self._memory = None
        if self.draft is not None and self.draft.mapping.headers != file.info.headers:
            self._aside.put(self.draft, before.info.dialect)
            self.draft = None
        return file

    async def choose_first_module(self, path: str) -> None:
        """The module for a file that has just been opened: the one named at the start, that of the mapping left for
        this file, the one used last, or Leads. Raises ZohoError when the org cannot be asked."""
        workspace = await self.workspace()
        left = None if self._insisted else await asyncio.to_thread(workspace.unsent.module, path)
        if left is not None and left != self.module:
            with contextlib.suppress(ZtuiError):  # this org has no such module: what was left there stays there
                await self.choose_module(left)
                return
        if self.schema is None:
            await self.choose_module(self.module or DEFAULT_MODULE)

    async def choose_module(self, module: str) -> None:
        """Take the fields of this module and propose a mapping. Raises ZohoError when the org cannot be asked."""
        workspace = await self.workspace()
        self.schema = await workspace.schema(module)
        self.module = module
        self.draft = None
        self.report = self.checked = None

    async def propose(self) -> Draft:
        """A draft for file and module: the mapping remembered for these headers, else a proposal.

        What a person had made of it before leaving is brought back on top: one undo leads to the proposal. The same
        goes for what was made of the same columns while the file was read another way; when it is read as it was then,
        the draft of then is back with its history, and what was made of its columns since is on top of it.
        """
        if self.file is None or self.schema is None:
            raise RuntimeError("a file and a module come first")
        workspace = await self.workspace()
        file, schema = self.file, self.schema
        headers = file.info.headers
        path = self.path or "-"
        self.restored, self.carried = "", False
        waiting = self._aside.back(schema, headers)
        carried = self._aside.carried(schema.module.api_name, headers, file.info.dialect)
        if waiting is not None:
            self.draft = waiting
            self.carried = carried is not None and waiting.change(carried, CARRIED)
            self.report = self.checked = None
            return waiting

        self.draft, self.restored, self.carried = draft, _, _ = await asyncio.to_thread(
            begin, workspace, file, path, schema, carried
        )
        self.report = self.checked = None
        if self.restored:
            self._noted[path, draft.mapping.module] = draft.mapping
        return draft

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

    async def check(self, on_report: Callable[[CheckReport], None], *, anew: bool = False) -> CheckReport:
        """Check every row with the mapping as it is now; `on_report` gets what is known so far, on the loop.

        What earlier checks of the file found out about fields that are fed as they were is not read again, unless
        everything is to be checked `anew`.
        """
        if self.file is None or self.schema is None or self.draft is None:
            raise RuntimeError("nothing to check")
        from ztui.engine.preflight import CheckMemory, check

        workspace = await self.workspace()
        mapping, meant = self.draft.mapping, self.draft.meant
        memory = CheckMemory() if self._memory is None or anew else self._memory
        online = workspace.directory()
        report = await check(
            self.file, mapping, self.schema, online=online, on_report=on_report, meant=meant, memory=memory
        )
        self.report, self.checked, self._memory = report, (mapping, meant), memory
        return report

    async def doubts(self) -> Sequence[Finding]:
        """Why the file is hardly read as it was meant, unless a person has said that it is right."""
        if self.file is None or self.as_read:
            return ()
        await self.file.index()
        return self.file.doubts

    @property
    def report_is_current(self) -> bool:
        """True when the latest check was of the mapping as it is now, to the end."""
        return (
            self.report is not None
            and self.report.complete
            and self.draft is not None
            and self.checked == (self.draft.mapping, self.draft.meant)
        )

    def remember(self) -> None:
        """Keep the mapping for files with the same headers: it is being sent, so it is meant."""
        if self.draft is not None:
            self.ready.mappings.remember(self.draft.mapping)
            self.draft.sent()
            self._aside.clear()
            self.note_draft()

    # -- what is not sent

    def note_draft(self) -> bool:
        """Note what is to be kept of the draft as it is now; True when there is something for `keep_draft` to do."""
        draft, path = self.draft, self.path
        if draft is not None and path is not None and path != "-":
            place = path, draft.mapping.module
            mapping = draft.mapping if draft.touched else self._aside.worth_keeping(draft.mapping.module)
            if self._noted.get(place) != mapping:
                self._noted[place] = self._unkept[place] = mapping
        return bool(self._unkept)

    async def keep_draft(self) -> None:
        """Write down what was noted; the latest wins, and a cancellation does not stop halfway.

        Raises StoreError when the disk refuses; it is tried again with the next change, and at the end.
        """
        from ztui.engine.background import in_thread

        unsent = self.ready.unsent
        async with self._keeping:
            while self._unkept:
                place, mapping = self._unkept.popitem()
                try:
                    await in_thread(partial(_keep, unsent, place, mapping))
                except StoreError:
                    self._unkept.setdefault(place, mapping)
                    raise

    async def aclose(self) -> None:
        """Close file and workspace; what was noted of the draft is written down first."""
        if self._opening is not None:
            done, _ = await asyncio.wait((self._opening,), timeout=OPENING_SECONDS)
            for opening in done:
                opening.cancelled() or opening.exception()  # why it failed was told to who asked
        if self._unkept:
            with contextlib.suppress(StoreError):  # it was told when it was refused the first time
                await self.keep_draft()
        if self.file is not None:
            self.file.close()
        if self._workspace is not None:
            await self._workspace.aclose()


def _keep(unsent: Unsent, place: tuple[str, str], mapping: Mapping | None, _report: object) -> None:
    """Keep a mapping for a (path, module), or forget what was kept."""
    if mapping is None:
        unsent.forget(*place)
    else:
        unsent.keep(place[0], mapping)
