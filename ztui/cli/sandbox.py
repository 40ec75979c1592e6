"""`ztui sandbox`: serve the local imitation of Zoho until it is told to stop."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from ztui.cli import output
from ztui.sandbox.faults import KINDS, ROUTES
from ztui.sandbox.switches import CHOICES, Switches

PACES = ("once", "fast", "real", "poll", "manual")


def _switch_help() -> str:
    shown = []
    for name in Switches.__dataclass_fields__:
        default = getattr(Switches(), name)
        values = "|".join(CHOICES.get(name, ("true", "false") if isinstance(default, bool) else ("NUMBER",)))
        shown.append(f"  {name}={values} (default: {str(default).lower() if isinstance(default, bool) else default})")
    return "\n".join(shown)


EPILOG = "\n\n".join(
    (
        "Examples: ztui sandbox --port 8080 --state org.db · ztui sandbox --pace poll --fault 500@details:times=2",
        "\b\nSwitches, for what is open or differs between orgs:\n" + _switch_help(),
        "\b\nFaults:\n" + "\n".join(f"  {kind}: {what}" for kind, what in KINDS.items()),
        f"Routes: {', '.join(ROUTES)}. Settings: times (default 1, 0 for always), after, p, and those of the kind.",
        "Control: GET /_sandbox/state; POST /_sandbox/reset, faults, clock, pace, switches, grant; DELETE "
        "/_sandbox/faults.",
    )
)


@click.command("sandbox", epilog=EPILOG)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 (default: a free one).")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Keep the org in this file.")
@click.option("--pace", type=click.Choice(PACES), help="How jobs advance (default: fast).")
@click.option("--owner-required/--no-owner-required", default=None, help="Leads demand an owner (default: they do).")
@click.option("--strict-picklists", is_flag=True, default=None, help="Refuse unknown picklist values.")
@click.option("--upload-errors", type=click.Choice(("200", "400")), help="HTTP status of refused uploads.")
@click.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="Set a switch (below).")
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND[@ROUTE][:K=V,…]", help="Let something go wrong (below)."
)
@click.option("--scenario", type=click.Path(dir_okay=False, path_type=Path), help="Settings and faults from TOML.")
@click.option("--seed", type=int, help="Makes chances repeatable (default: 0).")
@click.option("--json", "as_json", is_flag=True, help="Announce it as one JSON line.")
@click.option("--exit-with-parent", is_flag=True, help="Also stop when standard input ends.")
def command(
    port: int,
    state: Path | None,
    pace: str | None,
    owner_required: bool | None,
    strict_picklists: bool | None,
    upload_errors: str | None,
    switches: tuple[str, ...],
    faults: tuple[str, ...],
    scenario: Path | None,
    seed: int | None,
    as_json: bool,
    exit_with_parent: bool,
) -> None:
    """Imitate Zoho on this machine: try an import before it touches a real org.

    Example: ztui sandbox --port 8080 --state org.sqlite3 --pace real
    """
    from ztui.sandbox.launch import BadSettings, Settings, explained, run

    chosen: dict[str, object] = {}
    for text in switches:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--switch takes NAME=VALUE, not {text!r}")
        chosen[name.strip()] = value.strip()
    given = {
        "owner_required": owner_required,
        "strict_picklists": strict_picklists or None,
        "upload_errors": upload_errors,
    }
    chosen |= {name: value for name, value in given.items() if value is not None}

    def announce(facts: Mapping[str, str]) -> None:
        if as_json:
            output.json_line(dict(facts))
        else:
            output.line(explained(facts))
            output.flush()

    settings = Settings(port, state, pace, seed, chosen, faults, scenario, exit_with_parent)
    try:
        run(settings, announce)
    except BadSettings as problem:
        raise click.UsageError(str(problem)) from problem
    except OSError as problem:
        raise click.ClickException(f"cannot listen on port {port}: {problem.strerror or problem}") from problem


if __name__ == "__main__":
    command()
