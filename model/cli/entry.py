"""How a command ends: exit code 0 is done, 2 is bad input, 130 is stopped by Ctrl-C, 143 is stopped by SIGTERM.

What was wrong with the input is one line on stderr, never a traceback.
"""

from __future__ import annotations

import sys
from typing import Never

import click


def run(command: click.Command, prog_name: str | None = None) -> None:
    """Run a command with the process's arguments; turn errors about its input into a line and an exit code."""
    try:
        command(prog_name=prog_name, standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        fail(error.format_message())
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        fail("there is not enough memory for this network and batch: make either smaller")
    except ValueError as error:
        fail(str(error))


def fail(message: str) -> Never:
    """End with exit code 2 and one line on stderr."""
    print("error: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(2)
