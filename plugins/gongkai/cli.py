"""The command line: ``gongkai``. Reading reports needs no database, no network and no account."""

from __future__ import annotations

import sys

import click

from gongkai import __version__
from gongkai.commands import decisions, publications, stack
from gongkai.commands.coverage import coverage
from gongkai.commands.diff import diff
from gongkai.commands.parse import check, parse
from gongkai.commands.portal import portal
from gongkai.commands.roster import roster
from gongkai.errors import GongkaiError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gongkai")
def cli() -> None:
    """gongkai 公开: read, check and warehouse China's annual reports on open government information."""


_OTHERS = (*stack.COMMANDS, *decisions.COMMANDS, *publications.COMMANDS)
for command in (parse, check, diff, portal, roster, coverage, *_OTHERS):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a :class:`GongkaiError` is one line on standard error and exit status 2."""
    try:
        cli.main(standalone_mode=True)
    except GongkaiError as error:
        click.echo(f"gongkai: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
