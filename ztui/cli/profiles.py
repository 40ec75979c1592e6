"""`ztui profiles`: list, add, remove, use, test and show the orgs that are set up."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ztui import catalogue
from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app, run_async

if TYPE_CHECKING:
    from ztui.engine.profiles import Profiles
    from ztui.model.profile import Profile

ASK = "-"


def _profiles() -> Profiles:
    from ztui.engine.profiles import Profiles
    from ztui.store.locations import Locations

    return Profiles(Locations.default())


@click.group(epilog="Example: ztui profiles add main --data-center eu --client-id 1000.ABC --code -")
def command() -> None:
    """Set up, test and switch between orgs.

    Profiles are kept in profiles.toml in the configuration folder, readable by you only.
    """


@command.command("list", epilog="Example: ztui profiles list --json")
@output.json_option
@pass_app
def list_(app: App, /, as_json: bool) -> None:
    """List the profiles; the current one is marked."""
    from ztui.present.profiles import profile_data, profile_table

    profiles = _kept(app)
    every, current = profiles.all(), profiles.current
    if as_json:
        output.document([profile_data(p, current=p.name == current) for p in every])
    else:
        output.lines(profile_table(every, current))


@command.command(epilog="Example: ztui profiles show main")
@click.argument("name", required=False)
@output.json_option
@pass_app
def show(app: App, /, name: str | None, as_json: bool) -> None:
    """Show every field of a profile (the current one by default); secrets are masked."""
    from ztui.present.profiles import profile_data, profile_lines

    profiles = _profiles()
    with _wanted(app, profiles, name) as profile:
        current = not profile.sandbox and profile.name == profiles.current
    if as_json:
        output.document(profile_data(profile, current=current))
    else:
        output.lines(profile_lines(profile, current=current))


_SECRET = f"The text itself, env:NAME, or {ASK} to be asked (or read a line of standard input)."


@command.command(
    epilog="Examples: ztui profiles add main --access-token env:ZOHO_TOKEN · "
    "ztui profiles add main --data-center in --client-id 1000.ABC --client-secret - --code -"
)
@click.argument("name")
@click.option("--data-center", metavar="DC", help=f"One of {', '.join(catalogue.data_centers())}. Default: us.")
@click.option("--environment", type=click.Choice(catalogue.environments()), help="Default: production.")
@click.option("--api-version", metavar="V", help="v2, v2.1, v3 … v8. Default: v2.1.")
@click.option("--zgid", metavar="ID", help="The organisation's id; looked up when absent.")
@click.option("--api-domain", metavar="URL", help="API host, instead of the data centre's.")
@click.option("--accounts-domain", metavar="URL", help="Accounts (token) host, instead of the data centre's.")
@click.option("--upload-domain", metavar="URL", help="Upload host, instead of the data centre's.")
@click.option("--download-domain", metavar="URL", help="Host for relative download links.")
@click.option("--access-token", metavar="TOKEN", help=f"An access token. {_SECRET}")
@click.option("--refresh-token", metavar="TOKEN", help=f"A refresh token. {_SECRET}")
@click.option("--client-id", metavar="ID", help="The client's id, from the API console.")
@click.option("--client-secret", metavar="SECRET", help=f"The client's secret. {_SECRET}")
@click.option("--code", metavar="CODE", help=f"A self-client code, exchanged for a refresh token now. {_SECRET}")
@click.option("--concurrency", type=click.IntRange(1, 25), help="Parts sent at once. Default: 3.")
@click.option("--readonly/--no-readonly", default=None, help="Refuse everything that changes the CRM.")
@click.option("--replace", is_flag=True, help="Change a profile of this name; what is not given stays.")
@click.option("--use", "use_it", is_flag=True, help="Make it the current profile.")
@output.json_option
@pass_app
def add(app: App, /, name: str, replace: bool, use_it: bool, as_json: bool, **given: Any) -> None:
    """Add a profile, or change one with --replace.

    It signs in with an access token (good for an hour), or with a refresh token, client id and client secret. From a
    self client of the API console: give --client-id, --client-secret and --code. Scopes to ask for there:
    `ztui profiles scopes`.
    """
    from ztui.errors import ConfigError
    from ztui.present.profiles import profile_data, profile_lines

    profiles = _kept(app)
    base = next((p for p in profiles.all() if p.name == name), None)
    if base is not None and not replace:
        raise ConfigError("PROFILE_EXISTS", details={"name": name})
    code = given.pop("code")
    for key in ("access_token", "refresh_token", "client_secret"):
        given[key] = _asked(given[key], key.replace("_", " "))
    code = _asked(code, "self-client code")
    profile = profiles.make(name, _with_domains(profiles, given, base), base)
    if code:
        profile = run_async(profiles.exchange(profile, code))
    missing = profiles.missing_credentials(profile)
    if missing == ("access token",):
        raise ConfigError("NO_CREDENTIALS", details={"profile": name})
    if missing:
        raise ConfigError("CREDENTIALS_INCOMPLETE", details={"profile": name, "missing": " and ".join(missing)})
    profiles.save(profile, replace=replace)
    if use_it:
        profiles.use(name)
    current = profiles.current == name
    if as_json:
        output.document(profile_data(profile, current=current))
        return
    output.lines(profile_lines(profile, current=current))
    diagnostics.say(f"Kept in {profiles.path}. Try it: ztui profiles test {name}")


@command.command(epilog="Example: ztui profiles remove old")
@click.argument("name")
@output.json_option
@pass_app
def remove(app: App, /, name: str, as_json: bool) -> None:
    """Remove a profile. Runs made with it stay in the list of imports."""
    profiles = _kept(app)
    profiles.remove(name)
    _done({"removed": name, "current": profiles.current or None}, f"Removed {name}.", as_json)


@command.command(epilog="Example: ztui profiles use main")
@click.argument("name")
@output.json_option
@pass_app
def use(app: App, /, name: str, as_json: bool) -> None:
    """Make a profile the current one."""
    profiles = _kept(app)
    profiles.use(name)
    _done({"current": name}, f"{name} is the current profile.", as_json)


@command.command(epilog="Example: ztui profiles test main")
@click.argument("name", required=False)
@output.json_option
@pass_app
def test(app: App, /, name: str | None, as_json: bool) -> int:
    """Try a profile out, step by step, and say what to do where it fails.

    Nothing in the CRM is changed; one small file is uploaded that no job uses.
    """
    from ztui.engine.trial import Step
    from ztui.present.profiles import step_data, step_lines

    profiles = _profiles()

    def told(step: Step) -> None:
        if not as_json:
            output.lines(step_lines(step))
            output.flush()

    with _wanted(app, profiles, name) as profile:
        trial = run_async(profiles.test(profile, told))
    if as_json:
        output.document(
            {"profile": profile.name, "passed": trial.passed, "steps": [step_data(step) for step in trial.steps]}
        )
    return diagnostics.Exit.DONE if trial.passed else diagnostics.Exit.CONNECTION


@command.command(epilog="Example: ztui profiles scopes")
@output.json_option
def scopes(as_json: bool) -> None:
    """Print the OAuth scopes to ask for in the API console, on one line."""
    if as_json:
        output.document(list(catalogue.scopes().recommended))
    else:
        output.line(catalogue.scopes().line)


def _kept(app: App) -> Profiles:
    """The profiles that are kept. A throw-away sandbox has none: `--sandbox` must not seem to spare the file."""
    if app.sandbox:
        raise click.UsageError("--sandbox keeps no profiles: it goes with `profiles show` and `profiles test` only.")
    return _profiles()


@contextlib.contextmanager
def _wanted(app: App, profiles: Profiles, name: str | None) -> Iterator[Profile]:
    """The profile that is named, else that of `--profile`, else the current one; a sandbox's own with `--sandbox`."""
    from ztui.errors import ConfigError

    if app.sandbox:
        from ztui.engine.sandboxed import Sandbox

        with Sandbox() as sandbox:
            yield sandbox.profile()
        return
    profile = profiles.get(name or app.profile or "")
    if profile is None:
        raise ConfigError("PROFILE_NONE")
    yield profile


def _with_domains(profiles: Profiles, given: dict[str, Any], base: Profile | None) -> dict[str, Any]:
    """The options as fields of a profile: the `--…-domain` ones become its `domains` table."""
    hosts = {part: given.pop(f"{part}_domain") for part in ("api", "accounts", "upload", "download")}
    hosts = {part: url for part, url in hosts.items() if url}
    if hosts and base is not None:
        hosts = {**profiles.own_hosts(base), **hosts}
    return {**given, **({"domains": hosts} if hosts else {})}


def _asked(value: str | None, what: str) -> str | None:
    """The value itself, or what the user types unseen (or pipes in, a line each) when it is `-`."""
    if value != ASK:
        return value
    if sys.stdin.isatty():
        return str(click.prompt(what.capitalize(), hide_input=True, err=True)).strip()
    line = sys.stdin.readline().strip()
    if not line:
        raise click.UsageError(f"Standard input has no line for the {what}.")
    return line


def _done(data: dict[str, object], text: str, as_json: bool) -> None:
    if as_json:
        output.document(data)
    else:
        output.line(text)
