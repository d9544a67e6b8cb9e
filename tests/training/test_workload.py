"""The number of threads and of reports depends on the work alone."""

from model.common.cores import cores
from model.config import TrainingConfig
from model.training import blas_threads, train
from model.training.workload import REPORTS_PER_EPOCH, steps_between_reports
from tests.toy_data import patterns

TOY = patterns(300)
SMALL = TrainingConfig(hidden_sizes=(12,), batch_size=32, epochs=2)


def test_threads_depend_on_the_work_alone():
    small = TrainingConfig(hidden_sizes=(64,), batch_size=64)

    def threads(num_images=60_000, **settings):
        return blas_threads(small.changed(**settings), num_images, most=6)

    assert threads() == 1
    assert threads(hidden_sizes=(128,)) == 2
    assert threads(batch_size=0) == 6
    assert threads(hidden_sizes=(1024,), batch_size=128) == 6
    assert threads(10, batch_size=0) == 1  # a batch is never larger than all the images
    for other in ({"seed": 5}, {"epochs": 99}, {"optimizer": "sgd"}, {"data": "mnist"}):
        assert threads(**other) == 1


def test_threads_are_at_most_the_cores():
    assert blas_threads(TrainingConfig(hidden_sizes=(4096,), batch_size=0), 60_000) == cores()


def test_few_reports_are_made_of_many_steps():
    config = SMALL.changed(batch_size=1, hidden_sizes=(2,), epochs=3, validation_size=0)
    steps = [report.step for report in train(config, TOY)]
    assert len(steps) <= 3 * (REPORTS_PER_EPOCH + 1) + 1
    assert {0, 300, 600, 900} <= set(steps)
    assert steps == [report.step for report in train(config, TOY)]


def test_large_steps_are_reported_one_by_one():
    small = TrainingConfig(hidden_sizes=(10,), batch_size=64)
    assert steps_between_reports(small, 60_000) == 60_000 // 64 // REPORTS_PER_EPOCH
    assert steps_between_reports(small.changed(hidden_sizes=(4096,) * 6, batch_size=0), 60_000) == 1
