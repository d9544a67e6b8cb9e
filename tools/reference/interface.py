"""The pages on commands, addresses and environment variables, from click, the Train page and Settings."""

from __future__ import annotations

from collections.abc import Mapping

import click

from model.cli import cli
from model.common.settings import Settings, default, values
from model.config import TrainingConfig
from model.data import DATASETS
from tools.reference.markdown import table
from tools.reference.settings import allowed
from ui.train import url_state

HELP_WIDTH = 100  # columns of --help

# What the names of `?hide=` and `?show=` stand for, apart from settings.
VIEWS: Mapping[str, str] = {
    "preset": "the menu of presets",
    "controls": "all settings, the menu of presets and the menu of data sets",
    "gallery": "the examples of good and bad settings",
    "share": "the link, the QR code and the print view",
    "diagram": "the drawing of the network",
    "time": "the timeline of snapshots, the speed and the button to branch",
    "pace": "the speed: steps per second",
    "diagnosis": "the diagnosis of the run below the charts",
    "paper": "the paper that the network reads while it learns",
    "follow": "the probe image and its predictions",
    "weights_view": "the weights of the first layer",
    "layers_view": "the statistics of each layer",
    "inside": "the accuracy of each digit, the confusion matrix, forgetting and the gradient check",
    "compare": "smoothing, logarithmic axes, and the choice of runs to compare with",
    "runs": "the table of runs",
}


def command_line_page() -> str:
    """Show each command's --help."""
    parts = [
        "# Command line",
        "    python -m model COMMAND ...",
        "After `make run`, Python is `.venv/bin/python` (`.venv/Scripts/python` on Windows); after `pip install .`, "
        "the command `inkling` does the same. Results go to stdout, progress to stderr. With `--json` the last line of "
        "stdout is one JSON object. Bad input ends with one line on stderr and exit code 2.",
    ]
    for name, command in cli.commands.items():
        # With the parent's names of the help option, as the command line has them.
        context = click.Context(
            command,
            info_name=f"python -m model {name}",
            terminal_width=HELP_WIDTH,
            help_option_names=cli.context_settings["help_option_names"],
        )
        parts += [f"## {name}", f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts)


def address_page() -> str:
    """Describe the parameters of the Train page's address, and every name that `?hide=` and `?show=` know."""
    rows = [
        (
            f"`{name}`",
            TrainingConfig.title(name),
            ", ".join(f"`{dataset}`" for dataset in DATASETS) if name == "data" else allowed(name),
        )
        for name in TrainingConfig.model_fields
        if TrainingConfig.setting(name).in_address
    ]
    titles = {url_state.WIDGETS.get(name, name): TrainingConfig.title(name) for name in TrainingConfig.model_fields}
    hideable = [(f"`{name}`", VIEWS.get(name) or f"the setting *{titles[name]}*") for name in url_state.HIDEABLE]
    return "\n\n".join(
        (
            "# Address of the Train page",
            "The address holds every setting that differs from its default, so a link opens the page with the same "
            "settings:",
            "    /train?hidden_sizes=64,32&optimizer=sgd&learning_rate=0.1&epochs=20",
            "If a setting cannot be used, the page says which and leaves it at its default; the others apply. The bare "
            "`/train` has all defaults. An address never names a file: `data` takes the named data sets, `teacher` and "
            "`start_from` networks that come with Inkling, and `ink` is for the command line.",
            table(("parameter", "setting", "allowed"), rows),
            "Layers may also be joined by hyphens, as the page itself writes them: `hidden_sizes=64-32`.",
            "## hide",
            "`?hide=` removes parts of the page, several separated by commas: `/train?hide=momentum,dropout,inside`. "
            "A hidden setting keeps the value from the address, or its default.",
            "`?show=` is the counterpart: it removes everything that it does not name. The page of "
            "`/train?show=learning_rate,batch_size` has two settings, the buttons, the figures and the curves.",
            "The names:",
            table(("name", "stands for"), hideable),
        )
    )


def environment_page() -> str:
    """Describe the environment variables, with their defaults for a laptop and for a public instance."""
    names = [str(field.validation_alias) for field in Settings.model_fields.values()]
    descriptions = [field.description for field in Settings.model_fields.values()]
    rows = [
        (f"`{name}`", values(name), _default(name, public=False), _default(name, public=True), description)
        for name, description in zip(names, descriptions, strict=True)
    ]
    return "\n\n".join(
        (
            "# Environment variables",
            "All are optional. `INKLING_CACHE`, `MNIST_DIR` and `INK_DIR` apply to the app, the command line and the "
            "library, the others to the app. A dash means that there is no limit, or that the last column says what "
            "holds. *Public* is the default with `INKLING_PUBLIC=1`. With an invalid value the app exits at its start, "
            "with a one-line message.",
            table(("variable", "value", "default", "public", "meaning"), rows),
            "    INKLING_WORKERS=1 make run",
            "The cores are divided among the workers, so with `INKLING_WORKERS=1`, for one person, a wide network gets "
            "all of them. How many cores a run uses changes the last bits of its result; `--threads` sets it on the "
            "command line.",
        )
    )


def _default(name: str, *, public: bool) -> str:
    value = public if name == "INKLING_PUBLIC" else default(name, public=public)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else "–"
