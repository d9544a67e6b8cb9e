"""Small runs for the tests of jobs."""

from model.config import TrainingConfig
from tests.toy_data import patterns

TOY = patterns(400, 100)
STEPS = 12  # in an epoch of these
QUICK = TrainingConfig(hidden_sizes=(16,), batch_size=32, epochs=3)
ENDLESS = QUICK.changed(epochs=10_000, batch_size=4)
