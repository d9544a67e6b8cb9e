"""The app as a load meets it: one process, or several replicas behind a proxy that keeps each visitor with one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import processes
from model.common.cores import cores
from model.jobs import worker_limits
from tools import proxy
from tools.app_server import serve


@dataclass(frozen=True)
class Site:
    """Where the visitors go: one app, or several replicas of it."""

    urls: Sequence[str]  # of the proxy; without one, visitors take turns
    apps: Sequence[int]  # processes
    proxy: int | None = None
    proxy_program: str = ""

    def url(self, number: int) -> str:
        """Where a visitor goes."""
        return self.urls[number % len(self.urls)]

    def resident(self) -> float | None:
        """The memory of the apps, in megabytes."""
        return processes.resident(self.apps)

    def cpu(self) -> dict[str, processes.Ticks]:
        """What the processor has done so far, for whom. The visitors are this process."""
        workers = [pid for app in self.apps for pid in processes.descendants(app)]
        kinds = {"app": self.apps, "workers": workers, "visitors": [os.getpid()]}
        if self.proxy:
            kinds["proxy"] = [self.proxy, *processes.descendants(self.proxy)]
        return {kind: processes.cpu_seconds(pids) for kind, pids in kinds.items()}


@contextmanager
def serving(replicas: int, workers: int | None = None) -> Iterator[Site]:
    """Run the app, this many times, behind a proxy if there is more than one; the cores are shared among them."""
    workers = workers or max(1, worker_limits.workers(cores()) // replicas)
    environment = {"INKLING_WORKERS": str(workers), "INKLING_COOKIE_SECRET": "the same for all replicas " * 2}
    with ExitStack() as stack:
        apps = [stack.enter_context(serve(environment=environment)) for _ in range(replicas)]
        pids, urls = [app.pid for app in apps], [app.url for app in apps]
        if replicas == 1 or not proxy.installed():
            yield Site(urls, pids)
            return
        front = stack.enter_context(proxy.proxied(urls))
        yield Site([front.url], pids, front.pid, front.program)
