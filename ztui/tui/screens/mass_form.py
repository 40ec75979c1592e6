"""The form of a mass update: module, records, field and value, each asked for with what the org really has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from ztui import catalogue
from ztui.errors import UsageError, ZtuiError
from ztui.present.errors import error_text
from ztui.present.mass_update import effect, records_line
from ztui.tui.dialogs.base import Words
from ztui.tui.dialogs.picker import Choice, Picker
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.chrome import TitleBar
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.mass_updates import MassUpdates, NewValue, RecordIds
    from ztui.model.crm import CustomView

_SOURCES = (
    ("view", "A custom view", "every record the view shows; Zoho does it as a scheduled job"),
    ("file", "A column of a CSV", "record ids out of a file, for example an exported results.csv"),
    ("run", "What an import wrote", "the records that a run added or updated"),
    ("paste", "Pasted ids", "typed or pasted, separated by blanks or commas"),
)


class MassForm(ZtuiScreen):
    """What is to be written to which records. The screen adds the doing and the list."""

    def __init__(self) -> None:
        super().__init__()
        self.module = "Leads"
        self.ids: RecordIds | None = None
        self.view: CustomView | None = None
        self.over_write = False
        self._values: dict[str, NewValue] = {}
        self._rows: list[tuple[str, str, Callable[[], None]]] = []

    def retitle(self) -> None:
        """No file is meant here: module and profile are."""
        profile = self.session.profile
        environment = ("sandbox" if profile.sandbox else profile.environment) if profile else ""
        self.query_one(TitleBar).show("Mass update", self.module, profile.name if profile else "", environment)

    @property
    def form(self) -> Grid:
        """The form."""
        return self.query_one("#fields", Grid)

    @property
    def mass(self) -> MassUpdates:
        """The engine's part."""
        return self.session.ready.mass_updates

    def show_form(self) -> None:
        """Draw the form and say what it would do."""
        self.retitle()
        rows: list[tuple[str, str, Callable[[], None]]] = [
            ("Module", self.module, self._ask_module),
            ("Records", records_line(self.ids, self.view), self._ask_source),
        ]
        for api_name, value in self._values.items():
            rows.append((value.field.label, value.shown or "(empty)", lambda name=api_name: self._ask_value(name)))  # type: ignore[misc]
        limit = self.mass.field_limit(self.module) if self.session.opened else 1
        if len(self._values) < limit:
            rows.append(("Field", "", self._ask_field))
        if any(v.is_list for v in self._values.values()):
            rows.append(("List values", "replace" if self.over_write else "add to what is there", self._toggle))
        self._rows = rows
        grid = self.form
        grid.show(
            source=Lines(
                [Line((name, value or "choose …"), marks=((1, "" if value else "faint"),)) for name, value, _ in rows]
            )
        )
        grid.styles.height = len(rows)
        shown = [(v.field.label, v.shown) for v in self._values.values()]
        text = effect(
            self.module,
            shown,
            self.ids,
            self.view,
            batch=catalogue.limits().mass_update_ids,
            is_list=any(v.is_list for v in self._values.values()),
            over_write=self.over_write,
        )
        self.query_one("#effect", Words).say((text, "strong" if shown and (self.ids or self.view) else "soft"))

    @on(Grid.Chosen, "#fields")
    def _chosen(self, event: Grid.Chosen) -> None:
        if 0 <= event.line < len(self._rows):
            self._rows[event.line][2]()

    @on(Grid.Clicked, "#fields")
    def _clicked(self, event: Grid.Clicked) -> None:
        if event.column == 1 and 0 <= event.line < len(self._rows):
            self._rows[event.line][2]()

    def action_clear(self) -> None:
        """Take the marked field out of the form."""
        place = self.form.line - 2
        if 0 <= place < len(self._values):
            self._values.pop(list(self._values)[place])
            self.show_form()

    def _toggle(self) -> None:
        self.over_write = not self.over_write
        self.show_form()

    def _ask_module(self) -> None:
        self.work(self._pick_module(), "ask")

    async def _pick_module(self) -> None:
        modules = await self.session.ready.modules()
        choices = [Choice(m.api_name, (m.plural_label, m.api_name), (m.plural_label, m.api_name)) for m in modules]

        def chosen(name: str | None) -> None:
            if name and name != self.module:
                self.module, self.view, self._values = name, None, {}
                self.show_form()

        columns = (Column("Module", width=30, stretch=1), Column("API name", width=24, mark="muted"))
        self.app.push_screen(Picker("Records of which module?", columns, choices, start=self.module), chosen)

    def _ask_source(self) -> None:
        choices = [Choice(key, (name,), (name,), about) for key, name, about in _SOURCES]

        def chosen(key: str | None) -> None:
            match key:
                case "view":
                    self.work(self._pick_view(), "ask")
                case "file":
                    self._ask_file()
                case "run":
                    self._pick_run()
                case "paste":
                    self.app.push_screen(Prompt("Record ids", "Separated by blanks or commas."), self._pasted)

        self.app.push_screen(Picker("Which records?", (Column("", width=60, stretch=1),), choices), chosen)

    def _pasted(self, text: str | None) -> None:
        if text:
            self._take(self.mass.ids_from_text(text))

    def _take(self, ids: RecordIds) -> None:
        if not ids.ids:
            self.notify("No record id was found there.", severity="warning")
            return
        self.ids, self.view = ids, None
        self.show_form()
        if ids.mangled:
            self.notify(
                "Some ids were rounded by a spreadsheet (4.15E+18) and are lost: export them as text.",
                severity="warning",
            )

    async def _pick_view(self) -> None:
        views = await self.session.ready.custom_views(self.module)
        choices = [Choice(v.id, (v.name, v.category.replace("_", " "))) for v in views]

        def chosen(view: str | None) -> None:
            if view:
                self.view, self.ids = next(v for v in views if v.id == view), None
                self.show_form()

        columns = (Column("View", width=40, stretch=1), Column("", width=22, mark="muted"))
        self.app.push_screen(Picker(f"Which view of {self.module}?", columns, choices), chosen)

    def _ask_file(self) -> None:
        from ztui.tui.dialogs.open_file import OpenFileDialog

        def chosen(path: str | None) -> None:
            if path:
                self.work(self._ids_from(path, ""), "ask")

        self.app.push_screen(OpenFileDialog(), chosen)

    async def _ids_from(self, path: str, column: str) -> None:
        try:
            self._take(await self.mass.ids_from_file(Path(path), column))
        except UsageError as error:
            if column:
                raise
            known = str(error.details.get("known", ""))

            def typed(name: str | None) -> None:
                if name:
                    self.work(self._ids_from(path, name), "ask")

            self.app.push_screen(Prompt("Which column holds the ids?", known), typed)

    def _pick_run(self) -> None:
        runs = [s for s in self.session.ready.runs.list() if s.outcome.ok and s.module == self.module]
        choices = [
            Choice(s.run_id, (s.source.rsplit("/", 1)[-1], f"{s.outcome.ok:,}"), (s.source, s.run_id), s.run_id)
            for s in runs
        ]

        def chosen(run: str | None) -> None:
            if run:
                self._guard(lambda: self._take(self.mass.ids_from_run(run)))

        columns = (Column("Import", width=50, stretch=1), Column("Records", width=9, right=True))
        self.app.push_screen(Picker("Records of which import?", columns, choices), chosen)

    def _guard(self, call: Callable[[], None]) -> None:
        try:
            call()
        except ZtuiError as error:
            self.ztui.show_error(error)

    def _ask_field(self) -> None:
        self.work(self._pick_field(), "ask")

    async def _pick_field(self) -> None:
        fields = await self.mass.fields(self.module)
        choices = [
            Choice(
                c.field.api_name,
                (c.field.label, c.field.data_type),
                (c.field.label, c.field.api_name),
                refused=c.why,
                rank=1 if c.allowed else 0,
            )
            for c in fields
            if c.field.api_name not in self._values
        ]

        def chosen(api_name: str | None) -> None:
            if api_name:
                self._ask_value(api_name)

        columns = (Column("Field", width=40, stretch=1), Column("Type", width=18, mark="muted"))
        self.app.push_screen(Picker("Which field is written?", columns, choices), chosen)

    def _ask_value(self, api_name: str) -> None:
        self.work(self._value(api_name), "ask")

    async def _value(self, api_name: str) -> None:
        schema = await self.session.ready.schema(self.module)
        field = schema.field(api_name)
        if field is None:
            return
        if field.picklist and field.data_type == "picklist":
            values = [v for v in field.picklist if v.used]
            choices = [Choice(v.actual_value, (v.display_value,)) for v in values]
            columns = (Column("", width=60, stretch=1),)
            self.app.push_screen(Picker(f"{field.label} =", columns, choices), lambda v: self._typed(api_name, v))
            return
        about = {
            "multiselectpicklist": "Several values are separated by ;",
            "ownerlookup": "The user's e-mail address, name or id.",
            "userlookup": "The user's e-mail address, name or id.",
            "date": "For example 2026-11-22.",
            "datetime": "For example 2026-11-22 14:30.",
            "boolean": "yes or no",
        }.get(field.data_type, "")
        text = f"{about} Left empty, the field is emptied in all records.".strip()
        now = self._values[api_name].shown if api_name in self._values else ""
        self.app.push_screen(Prompt(f"{field.label} =", text, now), lambda v: self._typed(api_name, v))

    def _typed(self, api_name: str, text: str | None) -> None:
        if text is not None:
            self.work(self._read(api_name, text), "ask")

    async def _read(self, api_name: str, text: str) -> None:
        try:
            self._values[api_name] = await self.mass.read_value(self.module, api_name, text)
        except UsageError as error:
            words = error_text(error)
            self.notify(f"{words.title}. {words.cause} {words.remedy}", severity="warning")
            return
        self.show_form()
