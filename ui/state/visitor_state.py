"""What belongs to a visitor: kept from page to page, over tabs and reloads, until nobody has been back for a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from model.config import TrainingConfig
from ui.state.drawing_log import DrawingLog
from ui.state.sheet import BLANK_CONTENT, Content

if TYPE_CHECKING:
    from model.data import Dataset
    from model.experiments.search import Search
    from model.ink import Drawing
    from model.ink.photo import DigitPhoto
    from model.jobs import Job, TrainingRequest
    from model.training.checkpoint import Checkpoint


class Pinned(NamedTuple):
    """A drawing whose predictions are tracked, and the mark by which the browser knows it again."""

    drawing: Drawing
    mark: str


class Race(NamedTuple):
    """Two runs side by side, and the bet on them."""

    numbers: tuple[int, int]  # of the jobs
    names: tuple[str, str]
    bet: int  # on which of the two, 0 or 1
    goal: float | None  # the validation accuracy to reach first; None if the better one at the end wins


class UploadedDataset(NamedTuple):
    """A data set from a visitor's files, in a folder that is deleted when nothing refers to it any more."""

    dataset: Dataset
    folder: TemporaryDirectory[str]


@dataclass
class VisitorState:
    """What one visitor has made, brought and chosen."""

    name: str  # the browser's, a random one
    token: str = field(default_factory=token_urlsafe)  # nobody else knows it: it opens what is theirs alone

    # The menus of networks and data sets
    networks: dict[str, Checkpoint] = field(default_factory=dict)  # trained here, or opened from a file
    network: str = ""  # the selected one
    network_chosen_on: str = ""  # the page where the visitor chose it; empty if it chose itself
    datasets: dict[str, UploadedDataset] = field(default_factory=dict)
    dataset: str = "mnist-5k"  # the selected one
    file_problems: dict[str, str] = field(default_factory=dict)  # by uploader: why its files can't be used

    # Draw and Evaluate
    content: Content = BLANK_CONTENT  # of the paper
    drawings: DrawingLog = field(default_factory=DrawingLog)
    num_samples: int = 0  # sample digits so far
    photo: DigitPhoto | None = None  # the digit that the page reads
    photos: tuple[DigitPhoto, ...] = ()  # all that were found in the picture, by rows
    photo_problem: str | None = None
    photo_number: int = 0  # another one empties the upload
    sample_seed: int = 0

    # Train
    config: TrainingConfig = field(default_factory=TrainingConfig)  # the settings that the controls stand at
    speed: int | None = None  # the chosen limit of steps per second, 0 for no limit; None if none was chosen
    probe: str | None = None  # which kind of image is tracked
    probe_number: int = 1  # of the test image, from 1
    pinned: Pinned | None = None  # on Train's own paper; without it the drawing is that of Draw
    times_pinned: int = 0
    jobs: list[Job] = field(default_factory=list)  # the runs, the oldest first
    job: Job | None = None  # the selected one
    job_networks: dict[int, str] = field(default_factory=dict)  # by job number, what its network is called
    jobs_started: int = 0
    last_request: TrainingRequest | None = None
    last_request_at: float = 0.0

    race: Race | None = None  # the newest one
    searches: list[Search] = field(default_factory=list)  # the oldest first
    search: Search | None = None  # the selected one

    sent_until: float = 0.0  # by when, at the rate of ui/browser/run_networks, their browser has what it was sent

    lock: threading.Lock = field(default_factory=threading.Lock)  # a visitor may have several tabs

    @property
    def drawing(self) -> Drawing:
        """What is drawn on the paper; blank if nothing is."""
        return self.content.drawing
