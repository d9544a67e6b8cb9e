"""A container's limits are found where Linux keeps them, in either version of its control groups."""

from pathlib import Path

import pytest

from model.common.control_groups import cpu_quota, memory_limit


def tree(folder: Path, own_groups: str, files: dict[str, str]) -> tuple[Path, Path]:
    """A machine's control groups: where they are mounted, and the file that tells those of the process."""
    root, groups = folder / "cgroup", folder / "own"
    groups.write_text(own_groups)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root, groups


IN_A_CONTAINER = "0::/\n"
OF_VERSION_1 = "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n"
CASES = {
    "version 2": (IN_A_CONTAINER, {"cpu.max": "200000 100000", "memory.max": "1073741824"}, 2.0, 2**30),
    "no limit in version 2": (IN_A_CONTAINER, {"cpu.max": "max 100000", "memory.max": "max"}, None, None),
    "a group above is smaller": (
        "0::/app.slice/inkling",
        {
            "app.slice/cpu.max": "150000 100000",
            "app.slice/inkling/cpu.max": "400000 100000",
            "app.slice/memory.max": "max",
            "app.slice/inkling/memory.max": "536870912",
        },
        1.5,
        2**29,
    ),
    "version 1, seen from the machine": (
        OF_VERSION_1,
        {
            "cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "50000",
            "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
            "memory/docker/abc/memory.limit_in_bytes": "1073741824",
        },
        0.5,
        2**30,
    ),
    "version 1, seen from the container": (
        OF_VERSION_1,
        {
            "cpu/cpu.cfs_quota_us": "300000",
            "cpu/cpu.cfs_period_us": "100000",
            "memory/memory.limit_in_bytes": "1073741824",
        },
        3.0,
        2**30,
    ),
    "no limit in version 1": (
        OF_VERSION_1,
        {
            "cpu/cpu.cfs_quota_us": "-1",
            "cpu/cpu.cfs_period_us": "100000",
            "memory/memory.limit_in_bytes": "9223372036854771712",
        },
        None,
        None,
    ),
    "something else there": ("no groups at all", {"cpu.max": "200000 100000"}, None, None),
    "files without sense": (IN_A_CONTAINER, {"cpu.max": "", "memory.max": "lots"}, None, None),
}


@pytest.mark.parametrize(("own_groups", "files", "quota", "memory"), CASES.values(), ids=CASES)
def test_the_smallest_limit_counts(
    own_groups: str, files: dict[str, str], quota: float | None, memory: int | None, tmp_path: Path
) -> None:
    place = tree(tmp_path, own_groups, files)
    assert (cpu_quota(*place), memory_limit(*place)) == (quota, memory)


def test_where_there_are_no_control_groups_nothing_is_limited(tmp_path: Path) -> None:
    nowhere = tmp_path / "nothing"
    assert (cpu_quota(nowhere, nowhere), memory_limit(nowhere, nowhere)) == (None, None)
