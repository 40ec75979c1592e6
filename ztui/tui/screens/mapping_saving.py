"""Mappings as files: saved, loaded, and what differs when the file has other columns."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from ztui.present.paths import typed_path
from ztui.tui.screens.mapping_parts import MappingParts

if TYPE_CHECKING:
    from ztui.model.mapping import Mapping


class Saving(MappingParts):
    """Actions that read and write mapping files."""

    def action_save(self) -> None:
        """Write the mapping to a file."""
        draft = self.session.draft
        if draft is None:
            return
        from ztui.tui.dialogs.save_as import SaveAs

        source = self.session.path or "-"
        stem = Path(source).stem if source != "-" else "mapping"
        explain = "A TOML file that can be read, edited, kept in git, and used by `ztui import --mapping`."

        def chosen(path: str | None) -> None:
            if path:
                self.work(self._save(path.strip(), draft.mapping), "save")

        name = f"{stem}.{draft.mapping.module}.toml"
        self.app.push_screen(SaveAs("Save the mapping", explain, name, source=source), chosen)

    async def _save(self, path: str, mapping: Mapping) -> None:
        workspace = await self.session.workspace()
        schema = self.session.schema
        if schema is None:
            return
        target = typed_path(path)
        await asyncio.to_thread(workspace.mappings.save, target, mapping, schema)
        if self.session.draft is not None:
            self.session.draft.keep()
        self.notify(f"Saved to {target.absolute()}", timeout=4)

    def action_load(self) -> None:
        """Read a mapping from a file."""
        from ztui.tui.dialogs.open_file import OpenFileDialog

        def chosen(path: str | None) -> None:
            if path:
                self.work(self._load(path), "save")

        dialog = OpenFileDialog("", heading="Load a mapping", endings=(".toml",))
        self.app.push_screen(dialog, chosen)

    async def _load(self, path: str) -> None:
        session = self.session
        workspace = await session.workspace()
        mapping = await asyncio.to_thread(workspace.mappings.load, typed_path(path))
        if session.file is None:
            return
        if session.draft is None or mapping.module != session.module:
            await session.choose_module(mapping.module)
            await session.propose()
        headers = session.file.info.headers
        drift = workspace.mappings.drift(mapping, headers)
        if session.draft is not None:
            session.draft.change(workspace.mappings.adapt(mapping, headers), f"loaded {Path(path).name}")
        self.show_draft()
        if drift:
            from ztui.present.drift import drift_lines
            from ztui.tui.dialogs.message import Notice

            self.app.push_screen(Notice("The file's columns differ from the mapping's", "\n".join(drift_lines(drift))))
