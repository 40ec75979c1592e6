"""The command line's frame: which commands there are, the global options, and `run`.

Commands are imported when they are called, and their one-line help stands here, so that `--help` and `--version` load
nothing but click.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ztui import __version__
from ztui.cli import output
from ztui.cli.context import App, orderly_ends
from ztui.cli.diagnostics import Guard

#: name -> (module that exports `command`, one-line help), in the order people meet them.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("ztui.cli.demo", "Try it: 600 sample leads, a local sandbox, no account needed."),
    "open": ("ztui.cli.open", "Open a file in the interface (the same as `ztui FILE`)."),
    "import": ("ztui.cli.importing", "Send a file to the CRM without the interface."),
    "preview": ("ztui.cli.preview", "Show how a file is read: encoding, delimiter, columns, rows."),
    "suggest": ("ztui.cli.suggest", "Propose which column feeds which field, with reasons."),
    "check": ("ztui.cli.check", "Check every row before anything is sent."),
    "jobs": ("ztui.cli.jobs", "List imports and their jobs."),
    "job": ("ztui.cli.job", "Show one import, part by part."),
    "resume": ("ztui.cli.resume", "Go on with what was interrupted."),
    "results": ("ztui.cli.results", "Show or save what became of each row."),
    "retry": ("ztui.cli.retry", "Mend refused rows and send only those."),
    "undo": ("ztui.cli.undo", "Take an import back."),
    "reconcile": ("ztui.cli.reconcile", "Find out what happened to rows whose fate is not known."),
    "mass-update": ("ztui.cli.mass_update", "Write one value to many records."),
    "profiles": ("ztui.cli.profiles", "Set up, test and switch between orgs."),
    "explain": ("ztui.cli.explain", "Explain an error code: cause and remedy."),
    "sandbox": ("ztui.cli.sandbox", "Run the local imitation of Zoho."),
}
#: Commands that need no org: `--profile` and `--sandbox` may stand after them, too, but mean nothing there.
_ORGLESS = frozenset({"demo", "explain", "sandbox"})


def _keep(name: str) -> Any:
    def callback(ctx: click.Context, _: click.Parameter, value: object) -> None:
        if value:
            setattr(ctx.ensure_object(App), name, value)

    return callback


def _common_options(*, outermost: bool = False, hidden: bool = False) -> list[click.Option]:
    return [
        click.Option(
            ["--profile", "-P"],
            metavar="NAME",
            # only here, so that the variable never outweighs an option given before the command
            envvar="ZTUI_PROFILE" if outermost else None,
            help="The profile to work with instead of the current one.",
            callback=_keep("profile"),
            expose_value=False,
            hidden=hidden,
        ),
        click.Option(
            ["--sandbox"],
            is_flag=True,
            help="Work against a throw-away sandbox on this machine instead of a profile.",
            callback=_keep("sandbox"),
            expose_value=False,
            hidden=hidden,
        ),
    ]


def _with_common_options(command: click.Command, *, hidden: bool) -> None:
    """Give the command, and those below it, the options that may stand anywhere; those of its own come first."""
    taken = {opt for param in command.params for opt in param.opts}
    command.params += [o for o in _common_options(hidden=hidden) if not taken.intersection(o.opts)]
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _with_common_options(below, hidden=hidden)


class Commands(click.Group):
    """The `ztui` command: its subcommands by name, and a file's name in place of one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command and give it the options that may stand anywhere."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        _with_common_options(command, hidden=cmd_name in _ORGLESS)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A command's name, or a file's: then it is opened."""
        name = args[0]
        if name in COMMANDS or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.7)
        if _is_file_name(name, near):
            return "open", self.get_command(ctx, "open"), args
        hint = f" Did you mean `ztui {near[0]}`?" if near else " `ztui --help` lists the commands."
        raise click.UsageError(f"There is neither a command nor a file called '{name}'.{hint}", ctx)


def _is_file_name(name: str, near: Sequence[str]) -> bool:
    if name == "-" or "/" in name or Path(name).exists():
        return True
    return bool(Path(name).suffix) and not near


@click.command(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[OPTIONS]",
    subcommand_metavar="[FILE.csv | COMMAND] …",
    params=[
        *_common_options(outermost=True),
        click.Option(
            ["--module", "-m"],
            metavar="MODULE",
            help="The CRM module to import into, e.g. Leads.",
            callback=_keep("module"),
            expose_value=False,
        ),
    ],
    epilog="Without anything, ztui opens on the list of imports and recent files. Start with: ztui demo",
)
@click.version_option(__version__, prog_name="ztui", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> object:
    """Get a CSV into Zoho CRM: map it, check it, send it, and mend what was refused."""
    ctx.ensure_object(App)
    if ctx.invoked_subcommand is None:
        command = cli.get_command(ctx, "open")
        if command is not None:
            with command.make_context("open", [], parent=ctx) as sub:
                return command.invoke(sub)
    return None


def run(argv: Sequence[str]) -> int:
    """Run the command line with these arguments (without the program's name) and return the exit status."""
    with Guard() as guard, orderly_ends():
        result = cli.main(args=list(argv), prog_name="ztui", standalone_mode=False)
        output.flush()
        guard.status = result if isinstance(result, int) else 0
    return guard.status
