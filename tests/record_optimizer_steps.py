"""Record what PyTorch's optimizers do in 20 steps, for test_optimizers.py to compare with.

PyTorch is not among the requirements. In an environment of its own:
pip install torch==2.13.0 numpy; python -m tests.record_optimizer_steps
"""

import json

import numpy as np
import torch

from tests.paths import FIXTURES

STEPS, SIZE, DECAYED = 20, 7, 4
CASES = {
    "sgd": (torch.optim.SGD, {}, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}, {"momentum": 0.9}),
    "momentum, little": (torch.optim.SGD, {"momentum": 0.3}, {"momentum": 0.3}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.9}),
    "rmsprop": (torch.optim.RMSprop, {"alpha": 0.99, "eps": 1e-8}, {"beta2": 0.99}),
    "adam": (torch.optim.Adam, {"betas": (0.9, 0.999), "eps": 1e-8}, {"momentum": 0.9, "beta2": 0.999}),
    "adam, short memory": (torch.optim.Adam, {"betas": (0.5, 0.8), "eps": 1e-8}, {"momentum": 0.5, "beta2": 0.8}),
    "adamw": (torch.optim.AdamW, {"betas": (0.9, 0.999), "eps": 1e-8}, {"momentum": 0.9, "beta2": 0.999}),
}


def main() -> None:
    rng = np.random.default_rng(20)
    parameters = rng.standard_normal(SIZE).round(3)
    # Gradients of very different sizes, one of them always zero; a learning rate that never stays the same.
    gradients = (rng.standard_normal((STEPS, SIZE)) * [1, 100, 1e-6, 0.01, 1, 0, 10]).round(9)
    learning_rates = rng.uniform(0.001, 0.1, STEPS).round(4)
    cases = []
    for name, (rule, theirs, ours) in CASES.items():
        for weight_decay in (0.0, 0.1):
            steps = record(rule, theirs, weight_decay, parameters, gradients, learning_rates)
            settings = ours | {"weight_decay": weight_decay, "num_decayed": DECAYED}
            cases.append({"optimizer": name.split(",")[0], "settings": settings, "parameters": steps})
    recorded = {
        "by": f"torch {torch.__version__}",
        "start": parameters.tolist(),
        "gradients": gradients.tolist(),
        "learning_rates": learning_rates.tolist(),
        "cases": cases,
    }
    path = FIXTURES / "optimizer_steps.json"
    path.write_text(json.dumps(recorded) + "\n")
    print(f"{path}: {len(cases)} cases by torch {torch.__version__}")


def record(rule, settings, weight_decay, parameters, gradients, learning_rates) -> list[list[float]]:
    """The parameters after each step, in float64; the first DECAYED of them decay."""
    first, rest = (torch.tensor(part, requires_grad=True) for part in np.split(parameters, [DECAYED]))
    groups = [{"params": [first], "weight_decay": weight_decay}, {"params": [rest], "weight_decay": 0.0}]
    optimizer = rule(groups, lr=1.0, **settings)
    steps = []
    for gradient, learning_rate in zip(gradients, learning_rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = float(learning_rate)
        first.grad, rest.grad = torch.tensor(gradient[:DECAYED]), torch.tensor(gradient[DECAYED:])
        optimizer.step()
        steps.append(torch.cat((first, rest)).tolist())
    return steps


if __name__ == "__main__":
    main()
