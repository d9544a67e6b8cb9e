"""What the pool makes of commands and events, without processes: the test says when a worker says what."""

import pytest

from model.jobs import JobStatus, Pool, PoolSettings, TrainingRequest
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    EventEnvelope,
    Heartbeat,
    Pause,
    Preempt,
    Preempted,
    PreemptionFailed,
    ProgressReport,
    Resume,
    RunProgress,
    StartTraining,
    Stop,
)
from tests.jobs.runs import ENDLESS
from tests.polling import wait_for


class FakeWorker:
    """A worker that does nothing by itself. `sent` are the messages that it got, of the present job."""

    pid = 0

    def __init__(self, folder, on_event, on_exit, threads):
        self._on_event, self._on_exit = on_event, on_exit
        self.is_ready, self.is_gone, self.missed_heartbeats = True, False, 0
        self.sent, self.job_number, self.killed = [], 0, None

    def send(self, job_number, message):
        if isinstance(message, StartTraining):
            self.sent, self.job_number = [], job_number
        assert job_number == self.job_number
        self.sent.append(message)

    def say(self, event):
        self._on_event(self, EventEnvelope(self.job_number, event))

    def report(self, status, **more):
        self.say(ProgressReport(RunProgress(status), **more))

    def exit(self, reason="it ended"):
        self.is_gone = True
        self._on_exit(self, reason)

    def kill(self, reason=""):
        self.killed = reason

    def wait(self, seconds):
        pass


class Crew:
    """A pool of fake workers."""

    def __init__(self, folder, size=1, **settings):
        self.workers, self._folder = [], folder
        self.failures = 0  # of the next starts
        self.pool = Pool(size, 1, PoolSettings(restart_delay=0, **settings), self._start_worker)

    def _start_worker(self, *arguments):
        if self.failures:
            self.failures -= 1
            raise BlockingIOError("Resource temporarily unavailable")
        self.workers.append(FakeWorker(*arguments))
        return self.workers[-1]

    def submit(self, owner, **more):
        return self.pool.submit(TrainingRequest(owner, owner, ENDLESS, self._folder, **more))

    def worker_of(self, job):
        return next((worker for worker in self.workers if worker.job_number == job.number), None)


@pytest.fixture
def crew(tmp_path):
    crews = []

    def make(size=1, **settings):
        crews.append(Crew(tmp_path, size, **settings))
        return crews[-1]

    yield make
    for each in crews:
        each.pool.close()


def preempting(crew):
    """A job that was told to give its worker back, because somebody waits, and its worker."""
    running = crew.submit("A")
    other = crew.submit("A")
    worker = crew.worker_of(running)
    worker.report(JobStatus.RUNNING)
    crew.worker_of(other).report(JobStatus.RUNNING)
    waiting = crew.submit("B")
    assert worker.sent[-1] == Preempt()
    return running, worker, waiting


@pytest.mark.parametrize(
    ("command", "expected"),
    [(Stop(), JobStatus.STOPPED), (Pause(), JobStatus.PAUSED), (Resume(), JobStatus.WAITING)],
)
def test_a_command_that_comes_while_a_run_is_preempted_is_not_lost(crew, command, expected):
    crew = crew(size=2)
    job, worker, waiting = preempting(crew)
    job.send(command)
    worker.say(Preempted())  # it did not hear of the command any more
    assert job.status is expected
    assert job.state().queue_position == (expected is JobStatus.WAITING)
    assert crew.worker_of(waiting) is worker


def test_a_check_that_comes_while_a_run_is_preempted_is_answered(crew):
    job, worker, _ = preempting(crew(size=2))
    job.send(CheckGradient())
    worker.say(Preempted())
    assert "waits for a worker" in job.gradient_check


def test_a_preempted_run_goes_on_from_its_snapshot_with_its_settings_and_changes(crew):
    crew = crew(size=2)
    job, worker, waiting = preempting(crew)
    confirmed = ENDLESS.changed(learning_rate=0.5)
    job.send(ChangeSettings({"learning_rate": 0.5}))
    worker.report(JobStatus.WAITING, config=confirmed, commands_handled=1)
    worker.say(Preempted())
    job.send(ChangeSettings({"batch_size": 8}))
    waiting.send(Stop())
    worker.report(JobStatus.STOPPED)
    start = crew.worker_of(job).sent[0]
    assert (start.config, start.pending) == (confirmed, (ChangeSettings({"batch_size": 8}),))
    assert start.start_from == job.files.preempted_snapshot
    assert job.config == confirmed.changed(batch_size=8)


def test_only_as_many_give_way_as_wait(crew):
    crew = crew(size=3)
    jobs = [crew.submit("A") for _ in range(3)]
    crew.submit("B")
    for worker in crew.workers:
        worker.say(Heartbeat())
    assert [crew.worker_of(job).sent.count(Preempt()) for job in jobs] == [1, 0, 0]


def test_what_a_worker_says_of_an_earlier_job_changes_nothing(crew):
    crew = crew()
    first, second = crew.submit("A"), crew.submit("A")
    (worker,) = crew.workers
    worker.report(JobStatus.FINISHED)
    assert worker.job_number == second.number
    late = EventEnvelope(first.number, ProgressReport(RunProgress(JobStatus.FAILED)))
    worker._on_event(worker, late)
    assert (first.status, second.status) == (JobStatus.FINISHED, JobStatus.STARTING)


def test_a_run_whose_worker_ends_before_it_was_heard_of_is_started_once_more(crew):
    crew = crew()
    job = crew.submit("A")
    crew.workers[0].exit()
    assert job.status is JobStatus.STARTING
    assert len(crew.workers) == 2
    crew.workers[1].exit("it ended again")
    assert (job.status, job.state().message) == (JobStatus.FAILED, "it ended again")


def test_a_worker_that_has_ended_gets_no_run_before_the_pool_is_told(crew):
    crew = crew(size=2)
    for worker in crew.workers:
        worker.is_gone = True
    job = crew.submit("A")
    assert (job.status, job.start_attempts) == (JobStatus.WAITING, 0)
    crew.workers[0].exit()
    assert crew.workers[2].job_number == job.number
    assert (job.status, job.start_attempts) == (JobStatus.STARTING, 1)


@pytest.mark.parametrize("delay", [0, 1000])
def test_a_run_that_can_not_give_its_worker_back_is_told_to_again_later(crew, delay):
    crew = crew(preempt_delay=delay)
    paused = crew.submit("A", paused=True)
    (worker,) = crew.workers
    worker.report(JobStatus.PAUSED)
    waiting = crew.submit("B")
    worker.say(PreemptionFailed())
    assert (paused.status, waiting.state().queue_position) == (JobStatus.PAUSED, 1)
    if delay:
        assert worker.sent.count(Preempt()) == 1
    else:
        wait_for(lambda: worker.sent.count(Preempt()) > 1, "the second time")
    worker.say(Preempted())
    assert crew.worker_of(waiting) is worker


def test_while_one_run_can_not_give_its_worker_back_another_one_gives_way(crew):
    crew = crew(size=2, preempt_delay=1000)
    jobs = [crew.submit("A") for _ in range(2)]
    for worker in crew.workers:
        worker.report(JobStatus.RUNNING)
    waiting = crew.submit("B")
    full, other = sorted(crew.workers, key=lambda worker: Preempt() not in worker.sent)
    assert (full.sent.count(Preempt()), other.sent.count(Preempt())) == (1, 0)
    full.say(PreemptionFailed())
    assert Preempt() in other.sent
    other.say(Preempted())
    assert crew.worker_of(waiting) is other
    assert sorted(job.status for job in jobs) == [JobStatus.RUNNING, JobStatus.WAITING]


def test_a_worker_that_can_not_be_started_at_once_is_started_later(crew):
    crew = crew()
    job = crew.submit("A")
    crew.failures = 3
    crew.workers[0].exit()
    assert (crew.failures, len(crew.workers)) == (0, 2)
    assert crew.workers[1].job_number == job.number


@pytest.mark.parametrize(("timeout", "words"), [(2, "2 seconds"), (1, "1 second"), (0.5, "0.5 seconds")])
def test_a_worker_that_is_silent_is_ended_and_the_real_time_is_named(crew, timeout, words):
    (worker,) = crew(heartbeat_timeout=timeout).workers
    wait_for(lambda: worker.killed is not None, "the worker to be ended")
    assert worker.killed == f"The run's process did not answer for {words} and was ended. Its last network is kept."
