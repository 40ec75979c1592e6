"""The frame every screen of the workflow stands in: title bar, steps, keys, and an owner for failed workers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from ztui.tui.compositor import FrugalCompositor
from ztui.tui.widgets.chrome import KeyBar, Stepper, TitleBar

if TYPE_CHECKING:
    from ztui.tui.app import ZtuiApp
    from ztui.tui.session import Session


class ZtuiScreen(Screen[None]):
    """A full screen. Subclasses set `STEP` (0: none) and yield their own widgets from `content`."""

    STEP: ClassVar[int] = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next pane", show=False),
        Binding("shift+tab", "app.focus_previous", "Previous pane", show=False),
    ]
    DEFAULT_CSS = """
    ZtuiScreen { layers: base ghost; background: $background; color: $ink; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrugalCompositor()

    def compose(self) -> ComposeResult:
        """Frame and content."""
        yield TitleBar()
        if self.STEP:
            yield Stepper(self.STEP)
        yield from self.content()
        yield KeyBar()

    def content(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    @property
    def ztui(self) -> ZtuiApp:
        """The app, with its own type."""
        return cast("ZtuiApp", self.app)

    @property
    def session(self) -> Session:
        """What is being prepared."""
        return self.ztui.session

    # -- work

    def work(self, job: Coroutine[Any, Any, Any], group: str) -> Worker[Any]:
        """Run a coroutine beside the screen; one per group, the newer ends the older. Failures come to `failed`."""
        return self.run_worker(job, group=group, exclusive=True, exit_on_error=False)

    async def painted(self) -> None:
        """Wait until what has been changed so far is on screen, before work that would hold it up."""
        done = asyncio.Event()
        self.call_after_refresh(done.set)
        await done.wait()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed has its say here."""
        if event.state is WorkerState.ERROR and event.worker.error is not None and event.worker.node is self:
            self.failed(event.worker.group, event.worker.error)

    def failed(self, group: str, error: BaseException) -> None:
        """Show it; subclasses may do more."""
        self.ztui.show_error(error)

    # -- frame

    def on_screen_resume(self) -> None:
        """What stands in the title may have changed on another screen."""
        self.retitle()

    def retitle(self) -> None:
        """Bring the title bar up to date."""
        session = self.session
        profile = session.profile
        file = session.file.info.name if session.file else (session.path or "").rsplit("/", 1)[-1]
        target = ""
        if session.module and (file or session.file):
            operation = session.draft.mapping.operation.value if session.draft else ""
            target = f"{session.module} · {operation}" if operation else session.module
        name = profile.name if profile else ""
        environment = ("sandbox" if profile.sandbox else profile.environment) if profile else ""
        self.query_one(TitleBar).show(file or "no file open", target, name, environment)

    def on_title_bar_pressed(self, event: TitleBar.Pressed) -> None:
        """File, module and profile are chosen by clicking on them."""
        match event.part:
            case "file":
                self.run_action_if("open_file")
            case "module":
                self.run_action_if("module")
            case _:
                self.run_action_if("profiles")

    def on_stepper_pressed(self, event: Stepper.Pressed) -> None:
        """A step was clicked."""
        self.go_to_step(event.step)

    def go_to_step(self, step: int) -> None:
        """To the files and runs, or to the import that is being prepared."""
        if step == 1:
            self.ztui.action_jobs()
        elif step != self.STEP and self.session.file is not None:
            self.to_mapping()

    def to_mapping(self) -> None:
        """To the import that is being prepared; back to it when one came from there."""
        from ztui.tui.screens.mapping import MappingScreen

        if any(isinstance(screen, MappingScreen) for screen in self.app.screen_stack):
            while not isinstance(self.app.screen, MappingScreen):
                self.app.pop_screen()
        else:
            self.app.push_screen(MappingScreen())

    def run_action_if(self, name: str) -> None:
        """Run an action of this screen or the app, when there is one."""
        for node in (self, self.app):
            method = getattr(node, f"action_{name}", None)
            if method is not None:
                self.call_later(method)
                return
