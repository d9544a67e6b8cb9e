"""A new setting needs its field alone: widgets, options, address and changes are derived from it."""

from typing import Literal

import click
import pytest
from click.testing import CliRunner

from model.cli.train import config_options
from model.common.fields import Choice, Group, setting
from model.config import TrainingConfig
from model.training import Change, fork_conflicts, updated
from ui.common import glossary
from ui.train import url_state


class ExtendedConfig(TrainingConfig):
    noise: float = setting(
        0.0,
        ge=0,
        le=1,
        title="Weight noise",
        help="How much the weights are shaken at each step.",
        formula=r"$w \leftarrow w + \epsilon$",
        group=Group.LIVE,
        rank=0,
        stops=(0.0, 0.5, 1.0),
        used_with={"noise_kind": ("normal",)},
        live=True,
    )
    noise_kind: Literal["none", "normal"] = setting(
        "none",
        title="Noise",
        help="The kind of noise.",
        choices={"none": Choice("no noise", "$0$"), "normal": Choice("normal noise", r"$\epsilon$")},
        group=Group.MODEL,
        fork_fixed=True,
    )


def test_a_new_setting_stands_in_its_group():
    groups = ExtendedConfig.groups()
    assert groups[Group.LIVE] == ("noise", *TrainingConfig.groups()[Group.LIVE])
    assert groups[Group.MODEL] == (*TrainingConfig.groups()[Group.MODEL], "noise_kind")
    assert ExtendedConfig.setting("noise").stops == (0.0, 0.5, 1.0)
    assert ExtendedConfig.title("noise") == "Weight noise"


def test_a_new_setting_is_live_if_its_field_says_so():
    assert ExtendedConfig.live_fields() == (*TrainingConfig.live_fields(), "noise")
    assert updated(ExtendedConfig(), Change(noise=0.5)).noise == 0.5
    with pytest.raises(ValueError, match=r"^noise_kind can't change while training"):
        updated(ExtendedConfig(), Change(noise_kind="normal"))


def test_a_fork_keeps_a_new_setting_if_its_field_says_so():
    assert fork_conflicts(ExtendedConfig(), ExtendedConfig(noise=1, noise_kind="normal")) == ["noise_kind"]


def test_a_new_setting_knows_what_it_depends_on():
    assert not ExtendedConfig().uses("noise")
    assert ExtendedConfig(noise_kind="normal").uses("noise")


def test_a_new_setting_can_be_given_in_an_address_and_hidden():
    assert url_state.hideable(ExtendedConfig) == (
        *url_state.hideable()[: -len(url_state.VIEWS)],
        "noise",
        "noise_kind",
        *url_state.VIEWS,
    )


def test_a_new_setting_is_explained():
    assert glossary.explain("noise", ExtendedConfig) == (
        "How much the weights are shaken at each step.\n\n$w \\leftarrow w + \\epsilon$"
    )
    assert "- normal noise: " in glossary.explain("noise_kind", ExtendedConfig)


def test_a_new_setting_is_an_option_of_the_command_line():
    @click.command()
    def command(**values):
        config = ExtendedConfig.of({name: value for name, value in values.items() if value is not None})
        click.echo(config.noise)

    command = config_options(command, ExtendedConfig)
    help_text = " ".join(CliRunner().invoke(command, ["--help"]).output.split())
    assert "--noise FLOAT How much the weights are shaken at each step. [default: 0.0]" in help_text
    assert "One of: none, normal." in help_text
    assert CliRunner().invoke(command, ["--noise", "0.25"]).output == "0.25\n"
