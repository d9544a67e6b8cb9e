"""Inkling: watch a neural network learn to read handwriting, tune it while it learns, test it with your own pen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ui.browser import routes as browser
from ui.experiments import routes as experiments
from ui.server import (
    downloads,
    listening,
    logs,
    preflight,
    session_locks,
    theme_messages,
    widget_messages,
    widget_values,
)
from ui.server import routes as server
from ui.server.metrics import RunMetrics
from ui.server.middleware import middleware
from ui.state import runtime, session_watch, shutdown


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare the process before the first visitor comes."""
    logs.set_up()
    listening.send_at_once()
    theme_messages.patch_streamlit()
    runtime.start()
    runtime.pool().observers.add(RunMetrics())
    shutdown.prepare()
    watching = asyncio.create_task(session_watch.watch())
    yield
    watching.cancel()


preflight.prepare()
downloads.patch_streamlit()
session_locks.patch_streamlit()
widget_values.patch_streamlit()
widget_messages.patch_streamlit()
app = st.App(
    "pages/navigation.py",
    lifespan=lifespan,
    routes=[*server.routes(), *browser.routes(), *experiments.routes()],
    middleware=middleware(),
    on_script_error=server.note_script_error,
)
