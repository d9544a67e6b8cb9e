"""What a network learns from."""

from __future__ import annotations

from model.common.fields import Group, SettingsModel, setting


class DataSettings(SettingsModel):
    """The training set, what is set aside of it, and whether things that are no digits are learned too."""

    data: str = setting(
        "mnist-5k",
        min_length=1,
        max_length=4096,
        title="Data",
        help="What to learn from: mnist-5k (5,000 digits, always there), mnist (all 70,000), or a path.",
        formula="Example: mnist-5k gives 4,000 images to train and 1,000 to test.",
        fork_fixed=True,
    )
    ink: str = setting(
        "",
        max_length=4096,
        title="Ink",
        help="Drawings to learn from as well, rendered anew for each epoch: ink files (JSON lines), separated by "
        "commas. A file that does not exist is looked for in $INK_DIR.",
        formula="Example: mine.jsonl,ours.jsonl.",
        fork_fixed=True,
        in_address=False,  # it names files of this machine
    )
    background: bool = setting(
        False,
        title='Reject class ("not a digit")',
        help="Also learn to tell digits from other things: scribbles, turned and doubled digits, and the letters in "
        "the ink.",
        formula=r"$P(\text{digit}) = 1 - p_{10}$, where $p_{10}$ is the probability of an eleventh output.",
        group=Group.DATA,
        rank=1,
        fork_fixed=True,
    )
    training_size: int = setting(
        0,
        ge=0,
        le=10_000_000,
        title="Training set size",
        unit="images",
        help="Use only this many images of the training set, chosen by the seed and including the validation split. "
        "0 uses all.",
        formula="Example: 1,000 with a validation split of a tenth leaves 900 to learn from.",
        group=Group.DATA,
        rank=3,
        fork_fixed=True,
    )
    validation_size: float = setting(
        0.1,
        ge=0,
        le=10_000_000,
        title="Validation split",
        help="Images set aside to see how the network does on digits it does not learn from. A value below 1 is "
        "their share, and one from 1 on their number; 0 sets none aside.",
        formula="Example: 0.1 of 4,000 images sets 400 aside.",
        group=Group.DATA,
        rank=2,
        fork_fixed=True,
    )
