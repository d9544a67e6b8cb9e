"""The charts of a made-up search with $STUDY_TRIALS trials, told by an address as the app tells them."""

import os

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.studies import a_plan, a_view
from ui.browser import routes
from ui.experiments.feed import StudyFeed, outcome

TRIALS = int(os.environ.get("STUDY_TRIALS", "40"))
VIEW = a_view(TRIALS)
FEED = StudyFeed(lambda: VIEW, a_plan(TRIALS))


def tell(request: Request) -> Response:
    """Answer as the app does."""
    answer = FEED.since(int(request.query_params["since"]))
    said = {"status": f"Finished: {TRIALS} trials.", "outcome": outcome(VIEW), "signature": "finished"}
    return JSONResponse(answer | said | {"goes_on": False})


app = st.App("study_script.py", routes=[Route("/told", tell), *routes.routes()])
