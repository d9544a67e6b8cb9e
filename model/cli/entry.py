"""How a command ends: exit code 0 is done, 2 is bad input, 130 is stopped by Ctrl-C, 143 is stopped by SIGTERM.

What was wrong with the input is one line on stderr, never a traceback.
"""

from __future__ import annotations

import sys
from typing import Never

import click

from model.cli.console import print_error

# What people call options elsewhere.
OTHER_NAMES = {
    "lr": "learning-rate",
    "rate": "learning-rate",
    "eta": "learning-rate",
    "batch": "batch-size",
    "bs": "batch-size",
    "hidden": "hidden-sizes",
    "layers": "hidden-sizes",
    "units": "hidden-sizes",
    "wd": "weight-decay",
    "l2": "weight-decay",
    "decay": "weight-decay",
    "epoch": "epochs",
    "n-epochs": "epochs",
    "opt": "optimizer",
    "act": "activation",
    "init": "initialization",
    "patience": "early-stopping",
    "val-split": "validation-size",
    "validation-split": "validation-size",
    "val-size": "validation-size",
    "augment": "augmentation",
    "scheduler": "schedule",
    "batchnorm": "batch-normalization",
    "batch-norm": "batch-normalization",
    "output": "out",
    "save": "out",
    "dataset": "data",
    "model": "weights",
    "network": "weights",
    "checkpoint": "weights",
    "random-state": "seed",
}


def run(command: click.Command, prog_name: str | None = None) -> None:
    """Run a command with the process's arguments; turn errors about its input into a line and an exit code."""
    try:
        command(prog_name=prog_name, standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.NoSuchOption as error:
        fail(no_such_option(error))
    except click.ClickException as error:
        fail(error.format_message())
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        fail("there is not enough memory for this network and batch: make either smaller")
    except ValueError as error:
        fail(str(error))


def no_such_option(error: click.NoSuchOption) -> str:
    """Say which option may have been meant."""
    known = {option for each in error.ctx.command.params for option in each.opts} if error.ctx else set()
    other = "--" + OTHER_NAMES.get(error.option_name.lstrip("-").replace("_", "-").lower(), "")
    dashed = error.option_name.replace("_", "-").lower()
    meant = [option for option in (other, dashed) if option in known] or sorted(error.possibilities or [])[:3]
    return f"No such option '{error.option_name}'" + (f"; did you mean {' or '.join(meant)}?" if meant else "")


def fail(message: str) -> Never:
    """End with exit code 2 and one line on stderr."""
    print_error(message)
    sys.exit(2)
