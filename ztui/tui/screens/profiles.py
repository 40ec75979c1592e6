"""The orgs ztui can talk to: list, set up, change, try out, switch, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ztui.model.profile import Profile
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.profiles import Profiles
    from ztui.engine.trial import Step


class ProfilesScreen(ZtuiScreen):
    """Profiles on the left, the marked one and its trial on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,u", "use", "Work with it", show=True, key_display="⏎"),
        Binding("t", "test", "Try it out", show=True),
        Binding("n", "new", "New", show=True),
        Binding("e", "edit", "Change", show=True),
        Binding("delete", "delete", "Delete", show=True, key_display="Del"),
        Binding("escape", "back", "Back", show=True, key_display="Esc"),
    ]
    DEFAULT_CSS = """
    ProfilesScreen {
        & #panes { height: 1fr; }
        & .pane { border: round $line; background: $surface; border-title-color: $ink-soft;
                  border-title-style: bold; }
        & .pane:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #left { width: 42%; min-width: 34; }
        & #right { width: 1fr; overflow-y: auto; padding: 0 1; }
        & #trial { margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Profile, ...] = ()
        self._steps: dict[str, list[Step]] = {}

    def content(self) -> ComposeResult:
        """List and details."""
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="pane"):
                yield Grid(
                    (
                        Column("", width=1, mark="accent"),
                        Column("Name", width=11, stretch=2),
                        Column("Where", width=6, stretch=1, mark="muted"),
                        Column("Kind", width=10),
                    ),
                    cursor="line",
                    header=1,
                    gap=1,
                    id="list",
                    empty="No profile yet: n adds one.",
                )
            with Vertical(id="right", classes="pane"):
                yield Words("", id="details")
                yield Words("", id="trial")

    def on_mount(self) -> None:
        """Read the file."""
        self.query_one("#left", Widget).border_title = "Profiles"
        self.query_one("#right", Widget).border_title = "Details"
        self.grid.focus()
        self.retitle()
        self.work(self._load(), "load")

    @property
    def grid(self) -> Grid:
        """The list."""
        return self.query_one("#list", Grid)

    @property
    def profiles(self) -> Profiles:
        """The store behind the screen."""
        return self.session.ready.profiles

    @property
    def marked(self) -> Profile | None:
        """The profile the cursor is on."""
        return self._all[self.grid.line] if self.grid.line < len(self._all) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing to use, try, change or delete without a profile."""
        if action in ("use", "test", "edit", "delete") and self.is_mounted:
            return self.marked is not None
        return super().check_action(action, parameters)

    async def _load(self, name: str = "") -> None:
        await self.session.workspace()
        self._all = self.profiles.all()
        using = self.session.profile.name if self.session.profile else ""
        lines = []
        for place, profile in enumerate(self._all):
            from ztui.present.profiles import where

            kind = "read-only" if profile.readonly else profile.environment
            mark = {"production": "bad", "sandbox": "ok"}.get(profile.environment, "warn")
            lines.append(
                Line(("●" if profile.name == using else "", profile.name, where(profile), kind), marks=((3, mark),))
            )
            if profile.name == name:
                self.grid.line = place
        self.grid.show(source=Lines(lines))
        self._show()
        self.retitle()

    @on(Grid.Moved)
    def _show(self) -> None:
        self.refresh_bindings()
        profile = self.marked
        details, trial = self.query_one("#details", Words), self.query_one("#trial", Words)
        if profile is None:
            details.say(
                "A profile says which org to send to and how to sign in.\n\n",
                ("What you need  ", "accent"),
                "an access token, or a self client from Zoho's API console (client id, secret and a code).\n",
                ("No account?  ", "accent"),
                "ztui --sandbox works against a local imitation.",
            )
            trial.say("")
            return
        from ztui.present.profiles import profile_lines, step_lines

        using = self.session.profile.name if self.session.profile else ""
        details.say("\n".join(profile_lines(profile, current=profile.name == using)))
        parts: list[str | tuple[str, str]] = []
        for step in self._steps.get(profile.name, []):
            kind = {"ok": "good", "note": "warn", "failed": "bad"}.get(step.result.value, "soft")
            head, *rest = step_lines(step)
            parts += [(head + "\n", kind), *[(line + "\n", "soft") for line in rest]]
        trial.say(*(parts or [("t tries it out, step by step; nothing is changed in the CRM.", "soft")]))
        right = self.query_one("#right", Widget)
        # What a trial says last is what to do about it: it must not stay below the edge of a low window.
        self.call_after_refresh(right.scroll_end if parts else right.scroll_home, animate=False)

    # -- actions

    @on(Grid.Chosen)
    def _chosen(self) -> None:
        self.action_use()

    def action_use(self) -> None:
        """Work with the marked profile from now on."""
        profile = self.marked
        if profile is not None:
            self.work(self._use(profile), "use")

    async def _use(self, profile: Profile) -> None:
        await self.session.use_profile(profile.name)
        self.notify(f"{profile.name} is the profile in use.")
        await self._load(profile.name)

    def action_test(self) -> None:
        """Try the marked profile out."""
        profile = self.marked
        if profile is not None:
            self._steps[profile.name] = []
            self.work(self._test(profile), "test")

    async def _test(self, profile: Profile) -> None:
        def step(done: Step) -> None:
            self._steps[profile.name].append(done)
            self._show()

        self.query_one("#trial", Words).say(("Trying …", "soft"))
        await self.profiles.test(profile, step)

    def action_new(self) -> None:
        """Set one up."""
        self._form(None)

    def action_edit(self) -> None:
        """Change the marked one."""
        if self.marked is not None:
            self._form(self.marked)

    def _form(self, base: Profile | None) -> None:
        from ztui.tui.dialogs.profile import ProfileDialog

        def saved(profile: Profile | None) -> None:
            if profile is not None:
                self._steps.pop(profile.name, None)
                self.work(self._saved(profile), "load")

        self.app.push_screen(ProfileDialog(self.profiles, base), saved)

    async def _saved(self, profile: Profile) -> None:
        using = self.session.profile
        if using is None or using.name == profile.name:
            await self.session.use_profile(profile.name)
        await self._load(profile.name)

    def action_delete(self) -> None:
        """Delete the marked one, after a question."""
        profile = self.marked
        if profile is None:
            return
        from ztui.tui.dialogs.message import Confirm

        def agreed(yes: bool | None) -> None:
            if yes:
                self.profiles.remove(profile.name)
                self.work(self._load(), "load")

        text = "Its credentials are deleted here; nothing changes at Zoho. Runs made with it stay in the list."
        self.app.push_screen(Confirm(f"Delete the profile {profile.name}?", text, "delete", "keep"), agreed)

    def action_back(self) -> None:
        """Back to where you were."""
        self.dismiss(None)
