"""What belongs to a browser tab: gone when it is closed or reloaded."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ui.state.sheet import Sheet

if TYPE_CHECKING:
    from model.config import TrainingConfig
    from model.data import Dataset
    from model.jobs.protocol import ProbePrediction, SnapshotRef
    from model.nn.classifier import DigitClassifier
    from model.training.diagnostics import Diagnostics
    from model.training.evidence import RunImages
    from model.training.finding import Finding
    from ui.charts.curve_charts import CurveCharts

T = TypeVar("T")


class LastValue(Generic[T]):
    """Keep what was computed last: parts of a page are redrawn more often than what they show is new."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._value: T | None = None

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value for a key, which must not be None; computed if it is not the last one."""
        if self._value is None or self._key != key:
            self._key, self._value = None, compute()
            self._key = key
        return self._value


class InkFile(NamedTuple):
    """The labeled drawings of a file, one a line, and how many there are."""

    content: bytes
    num_drawings: int


@dataclass
class TabState:
    """What one tab shows."""

    page: str = ""  # the page of the last run
    came_by_menu: bool = False  # to that page: not by its address
    has_lost_all: bool = False  # it was connected before, and the app knows nothing of its visitor any more
    presenting: bool = False  # see ui/state/presentation
    window_height: int = 1080  # pixels; what the browser tells of it while the tab is presented

    # Draw
    sheet: Sheet = field(default_factory=Sheet)

    # Evaluate
    confusion_cells: dict[str, tuple[int, int]] = field(default_factory=dict)  # by network and data set: the chosen one
    opened_image: tuple[Sequence[int], int] | None = None  # the indices of images to step through, and the place of one
    opening: tuple[Sequence[int], int] | None = None  # the same, as long as it waits to be opened

    # Experiments
    chosen_to_perturb: str = ""  # the name of the network
    unperturbed: LastValue[DigitClassifier] = field(default_factory=LastValue)  # the network of a run that is perturbed
    stress_amounts: dict[str, float] = field(default_factory=dict)  # by stress: the amount whose images are shown

    # Train
    parts: dict[str, str] = field(default_factory=dict)  # what the address asked to hide and to show
    address_problems: tuple[str, ...] = ()  # what is wrong with the settings that were typed into the address
    has_typed_address: bool = False  # whether the address of the visit holds settings
    address_config: TrainingConfig | None = None  # the settings that the address stands for, once the page was drawn
    applied_config: TrainingConfig | None = None  # the settings of the last run of the page
    snapshots_of: int = 0  # the number of the job that the snapshot slider belongs to
    speed_sliders: int = 0  # how many sliders of the speed were replaced
    compared_runs: tuple[str, ...] = ()  # the runs that the menu of compared runs had at last
    findings: list[Finding] = field(default_factory=list)  # of the diagnosis that was shown last
    findings_of: int = 0  # the number of the job that they are about
    run_images: LastValue[RunImages] = field(default_factory=LastValue)
    hidden_lines: frozenset[str] = frozenset()  # of the selected run: "training", "validation"
    charts: LastValue[CurveCharts] = field(default_factory=LastValue)  # of the selected run, as they were drawn last
    weights_image: LastValue[str] = field(default_factory=LastValue)
    snapshot_network: LastValue[DigitClassifier] = field(default_factory=LastValue)
    snapshot_diagnostics: LastValue[Diagnostics] = field(default_factory=LastValue)
    sample: LastValue[tuple[Any, Any]] = field(default_factory=LastValue)  # images and labels of the diagnostics
    paper_image: int = 0  # the number of the test image on the paper, from 1; 0 for none so far
    paper_images: int = 0  # how many were put there
    probe_dataset: LastValue[Dataset] = field(default_factory=LastValue)
    probe_history: LastValue[dict[SnapshotRef, ProbePrediction]] = field(default_factory=LastValue)

    # Experiments
    judge: InkFile | None = None  # by which the networks of the next search are judged
    search_looks: int = 0  # how often a search was told something
    opened_trial: tuple[str, int, str | None] | None = None  # of which search, its number, and its network's name
