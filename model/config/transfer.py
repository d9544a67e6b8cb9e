"""What a network learns from other networks: its teachers, and the one that it starts from."""

from __future__ import annotations

from model.common.fields import Group, SettingsModel, setting

TEACHER: dict[str, tuple[str, ...]] = {"teacher": ()}  # a setting that has an effect with any


class TransferSettings(SettingsModel):
    """The networks to learn from, by their files, or by their names if they come with Inkling."""

    teacher: str = setting(
        "",
        max_length=4096,
        title="Teacher",
        help="A trained network to learn from (distillation): beside the labels, the new network learns the "
        "probabilities that this one gives for the very same images. Its file, or its name if it comes with Inkling; "
        "of several, separated by commas, the mean of their probabilities is learned.",
        formula=r"$L = (1 - \lambda)\, L_\text{labels} - \lambda\, T^2 \sum_k q_k \ln p_k$, where $q$ is the teacher's "
        r"answer and $p$ the network's own, both at the temperature $T$.",
        group=Group.TRANSFER,
        network="None",
    )
    teacher_temperature: float = setting(
        2.0,
        ge=0.1,
        le=100,
        title="Teacher temperature",
        help="What logits are divided by before the teacher's and the network's probabilities are compared. Above 1, "
        "the digits that the teacher finds less probable count more.",
        formula=r"$q_k = \dfrac{e^{z_k / T}}{\sum_j e^{z_j / T}}$, where $z$ are the teacher's logits.",
        group=Group.TRANSFER,
        used_with=TEACHER,
    )
    teacher_weight: float = setting(
        0.9,
        ge=0,
        le=1,
        title="Teacher weight",
        help="The teacher's share of the loss; the rest is that of the labels. 1 learns from the teacher alone.",
        formula=r"$\lambda$ in $(1 - \lambda)\, L_\text{labels} + \lambda\, L_\text{teacher}$.",
        group=Group.TRANSFER,
        used_with=TEACHER,
    )
    start_from: str = setting(
        "",
        max_length=4096,
        title="Start from",
        help="A trained network whose parameters the new one starts with, instead of random ones: fine-tuning. It must "
        "have the same layers. Its file, or its name if it comes with Inkling.",
        formula=r"$w \leftarrow w_\text{trained}$ before the first step.",
        group=Group.TRANSFER,
        fork_fixed=True,
        network="Random weights",
    )
