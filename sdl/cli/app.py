"""The command group; each command's module is imported only when it is called.

Exit codes: 0 done, 1 the campaign failed, 2 the input was wrong, 130 interrupted.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from sdl import __version__

COMMANDS = {
    "run": "Run a campaign file to its end.",
    "resume": "Go on with a campaign that was interrupted.",
    "status": "Show how a campaign stands.",
    "list": "List the campaigns of a database.",
    "validate": "Check a campaign file and name every fault in it.",
    "init": "Write a commented campaign file to start from.",
    "report": "Write a campaign's report as one HTML file.",
    "export": "Export a campaign's data with a manifest.",
    "verify": "Check a campaign's ledger for any change.",
    "dashboard": "Watch campaigns in the browser.",
    "doctor": "Say what is installed and what is missing.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports one when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"sdl.cli.{cmd_name}_command").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sdl")
def app() -> None:
    """SDL Twin: closed-loop campaigns on simulated and real bioreactors."""


def main() -> None:
    """Run the command line; every error of the user's ends in a sentence, not a traceback."""
    try:
        code = app.main(prog_name="sdl", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - raised again unless it is the user's
        sys.exit(_told(error))
    sys.exit(code if isinstance(code, int) else 0)


def _told(error: Exception) -> int:
    """Tell an error of the user's in a sentence and return its exit code; raise any other."""
    from sdl.campaign import CampaignInvalid, render_all
    from sdl.errors import UserError

    if isinstance(error, CampaignInvalid):
        click.echo(render_all(error.diagnostics), err=True)
        return 2
    if isinstance(error, UserError):
        click.echo(f"error: {error.message}", err=True)
        if error.hint:
            click.echo(f"  → {error.hint}", err=True)
        return error.exit_code
    raise error
