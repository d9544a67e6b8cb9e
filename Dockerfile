# Another one with Python 3.11 or newer and pip will do: docker build --build-arg BASE=... Podman needs the whole name.
ARG BASE=docker.io/library/python:3.13-slim

# The first stage installs the packages; the image gets them without the tools that fetched them.
FROM ${BASE} AS packages
RUN python3 -m venv --without-pip /opt/venv
COPY requirements.txt .
# requirements.txt names every package: nothing is installed that others merely ask for. What nobody runs here is left
# out too: the packages' own tests, PyArrow's ways to servers (Flight, S3) and its C++ headers, what notebooks need of
# Plotly, and the bytecode of Plotly's classes, most of which no chart has.
RUN python3 -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --no-deps --only-binary :all: \
        -r requirements.txt \
    && find /opt/venv -name tests -type d -prune -exec rm -rf {} + \
    && cd /opt/venv/lib/python3*/site-packages \
    && rm -rf pyarrow/*flight* pyarrow/*s3* pyarrow/include pyarrow/includes pyarrow/src \
        plotly/labextension /opt/venv/share/jupyter \
    && /opt/venv/bin/python -m compileall -q -x 'graph_objs/.+/' /opt/venv

FROM ${BASE}
RUN useradd --create-home --uid 10001 inkling
COPY --from=packages /opt/venv /opt/venv
# Streamlit's options stand in the environment, so that `docker run -e` and arguments can change each of them. What is
# temporary goes to the cache folder: a volume there is all that a read-only container needs. All threads take memory
# from the same two places: what one gives back, the next can use (see ui/state/runtime.py).
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    INKLING_CACHE=/home/inkling/.cache/inkling \
    TMPDIR=/home/inkling/.cache/inkling \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none

WORKDIR /app
COPY app.py ./
COPY .streamlit ./.streamlit
COPY model ./model
COPY pages ./pages
COPY ui ./ui
COPY weights ./weights
# The app may not write here: without bytecode, each worker would compile all of it again.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app

# Reading the embedded images takes seconds: doing it here spares the first visitor the wait. A volume mounted on
# the cache folder keeps the complete MNIST from one container to the next.
USER inkling
RUN TMPDIR=/tmp python -c "from model import data; data.prepare('mnist-5k')"

EXPOSE 8501
# It asks the app at the port and below the path at which it is served, whatever they are.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-m", "ui.server.health"]

# Streamlit itself is process 1 and receives SIGTERM, so `docker stop` ends it at once.
ENTRYPOINT ["python", "-m", "streamlit", "run", "app.py"]
