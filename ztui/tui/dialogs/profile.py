"""One profile as a list of settings: Enter types or changes the marked one; nothing is kept before `s`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ztui.errors import ConfigError
from ztui.model.profile import Profile
from ztui.present.errors import error_text
from ztui.present.profiles import form_value
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.profiles import Profiles


@dataclass(frozen=True, slots=True)
class _Setting:
    """A line: its key in the profile's table, its name, what it means. `choices` are cycled, a `secret` never shown."""

    key: str
    name: str
    about: str
    choices: tuple[str, ...] = ()
    secret: bool = False


def _settings(profiles: Profiles) -> tuple[_Setting, ...]:
    env = "Type it, or env:NAME to have it read from the environment when it is needed."
    return (
        _Setting("name", "Name", "What you call it: letters, digits, . _ and -."),
        _Setting(
            "data_center", "Data centre", "Where the account lives; it decides all hosts.", profiles.data_centers()
        ),
        _Setting(
            "environment",
            "Environment",
            "Production is real. Sandbox and developer are Zoho's own test orgs.",
            profiles.environments(),
        ),
        _Setting("api_version", "API version", "Which version of Zoho's API to speak.", profiles.versions()),
        _Setting("access_token", "Access token", f"Good for an hour, enough for one import. {env}", secret=True),
        _Setting(
            "refresh_token", "Refresh token", f"Lasts until revoked; needs client id and secret. {env}", secret=True
        ),
        _Setting("client_id", "Client id", "Of the self client in Zoho's API console, 1000.…"),
        _Setting("client_secret", "Client secret", f"Of the same client. {env}", secret=True),
        _Setting(
            "code",
            "Self-client code",
            "A code just generated in the API console: exchanged for a refresh token at once.",
            secret=True,
        ),
        _Setting("zgid", "Org id (zgid)", "Looked up when left empty."),
        _Setting("api", "API host", "Only when it is not the data centre's, https://…"),
        _Setting("accounts", "Accounts host", "Only when it is not the data centre's, https://…"),
        _Setting("upload", "Upload host", "content.zohoapis.… by default; some orgs want https://upload.zoho.…"),
        _Setting("concurrency", "Jobs at once", "How many parts are sent at the same time, 1 to 25."),
        _Setting("readonly", "Read-only", "Refuse everything that changes the CRM.", ("no", "yes")),
    )


class ProfileDialog(Dialog[Profile]):
    """Make or change a profile; dismisses with the profile as it was saved."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "change"),
        ("Del", "clear"),
        ("s", "save"),
        ("Esc", "cancel"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,ctrl+s", "save", "Save", show=False),
        Binding("delete,backspace", "clear", "Clear", show=False),
        Binding("right,space", "change(1)", "Change", show=False, priority=True),
        Binding("left", "change(-1)", "Change back", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    ProfileDialog {
        & > #box { width: 78; }
        & Grid { height: 15; max-height: 60vh; }
        & #about { height: 2; margin-top: 1; color: $ink-soft; }
        & Hints { margin-top: 0; }
    }
    """

    def __init__(self, profiles: Profiles, base: Profile | None = None) -> None:
        super().__init__(f"Profile {base.name}" if base else "A new profile")
        self._profiles, self._base = profiles, base
        self._settings = _settings(profiles)
        self._changed: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """The settings, and what the marked one means."""
        yield Grid(
            (Column("", width=17, mark="muted"), Column("", width=40, stretch=1)), cursor="line", header=0, id="form"
        )
        yield Words("", id="about")

    def on_mount(self) -> None:
        """The settings as they are."""
        self._show()
        self.grid.focus()
        if self._base is None:
            self.action_change(1)

    @property
    def grid(self) -> Grid:
        """The list of settings."""
        return self.query_one("#form", Grid)

    def value(self, setting: _Setting) -> str:
        """A setting as it would be saved now."""
        if setting.key in self._changed:
            return self._changed[setting.key]
        return form_value(self._base, setting.key) or (setting.choices[0] if setting.choices else "")

    def _show(self) -> None:
        lines = []
        for setting in self._settings:
            value = self.value(setting)
            shown = "••••••" if setting.secret and value and not value.startswith("env:") else value
            changed = setting.key in self._changed
            lines.append(
                Line((setting.name, shown or "–"), marks=((1, "accent" if changed else "" if shown else "faint"),))
            )
        self.grid.show(source=Lines(lines))
        self._tell()

    def _tell(self) -> None:
        self.query_one("#about", Words).say((self._settings[self.grid.line].about, "soft"))

    def on_grid_moved(self) -> None:
        """What the marked setting means."""
        self._tell()

    def on_grid_chosen(self) -> None:
        """Enter."""
        self.action_change(1)

    def on_grid_clicked(self, event: Grid.Clicked) -> None:
        """A click on a value changes it."""
        if event.column == 1:
            self.action_change(1)

    def action_change(self, way: int) -> None:
        """Cycle a choice, or ask for the text."""
        setting = self._settings[self.grid.line]
        if setting.choices:
            here = setting.choices.index(self.value(setting)) if self.value(setting) in setting.choices else 0
            self._set(setting.key, setting.choices[(here + way) % len(setting.choices)])
            return
        from ztui.tui.dialogs.prompt import Prompt

        shown = self.value(setting)
        known = "" if setting.secret and not shown.startswith("env:") else shown

        def typed(text: str | None) -> None:
            if text is not None and not (setting.secret and not text):
                self._set(setting.key, text.strip())

        self.app.push_screen(Prompt(setting.name, setting.about, known, secret=setting.secret), typed)

    def _set(self, key: str, value: str) -> None:
        self._changed[key] = value
        self._show()

    def action_clear(self) -> None:
        """Empty the marked setting."""
        setting = self._settings[self.grid.line]
        if not setting.choices:
            self._set(setting.key, "")

    # -- saving

    def made(self) -> Profile:
        """The profile these settings make. Raises ConfigError."""
        values: dict[str, Any] = {
            k: v for k, v in self._changed.items() if k not in ("name", "code", "readonly", "api", "accounts", "upload")
        }
        if "readonly" in self._changed:
            values["readonly"] = self._changed["readonly"] == "yes"
        hosts = {k: v for k, v in self._changed.items() if k in ("api", "accounts", "upload")}
        if hosts:
            values["domains"] = {**(self._profiles.own_hosts(self._base) if self._base else {}), **hosts}
        name = self.value(self._settings[0])
        return self._profiles.make(name, values, self._base)

    def action_save(self) -> None:
        """Keep it, after exchanging a self-client code when one was given."""
        try:
            profile = self.made()
            clash = self._base is None or self._base.name != profile.name
            if clash and any(p.name == profile.name for p in self._profiles.all()):
                raise ConfigError("PROFILE_EXISTS", details={"name": profile.name})
        except ConfigError as error:
            words = error_text(error)
            self.query_one("#about", Words).say((f"{words.title}. {words.cause}", "bad"))
            return
        self.run_worker(self._save(profile), group="save", exclusive=True, exit_on_error=False)

    async def _save(self, profile: Profile) -> None:
        from ztui.errors import ZtuiError

        about = self.query_one("#about", Words)
        try:
            if self._changed.get("code"):
                about.say(("Exchanging the code …", "soft"))
                profile = await self._profiles.exchange(profile, self._changed["code"])
            renamed = self._base is not None and self._base.name != profile.name
            self._profiles.save(profile)
            if renamed and self._base is not None:
                self._profiles.remove(self._base.name)
        except ZtuiError as error:
            words = error_text(error)
            about.say((f"{words.title}. {words.cause} {words.remedy}", "bad"))
            return
        self.dismiss(profile)
