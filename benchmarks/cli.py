"""A command tells the shell by its exit code how it went: 0 is done, 2 is bad input, 130 is stopped by Ctrl-C.

What was wrong with the input is said in one line on stderr, never in a traceback.
"""

from __future__ import annotations

import sys
from typing import Never

import click


def main(cli: click.Command) -> None:
    """Run a command."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        fail(error.format_message())
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except ValueError as error:
        fail(str(error))


def fail(message: str) -> Never:
    print("error: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(2)
