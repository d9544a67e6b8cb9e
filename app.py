"""Inkling: watch a neural network learn to read handwriting, tune it while it learns, test it with your own pen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from ui.browser.routes import routes
from ui.common.document import StyledDocument
from ui.state import runtime


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare the process before the first visitor comes."""
    runtime.start()
    yield


app = st.App("pages/navigation.py", lifespan=lifespan, routes=routes(), middleware=[Middleware(StyledDocument)])
