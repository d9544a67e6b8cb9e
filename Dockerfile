# The first stage installs the packages; the image gets them without the tools that fetched them.
FROM python:3.13-slim AS packages
RUN python -m venv --without-pip /opt/venv
COPY requirements.txt .
# The packages' own tests, a seventh of their size, are left out.
RUN pip --python /opt/venv/bin/python install --no-cache-dir --only-binary :all: -r requirements.txt \
    && find /opt/venv -name tests -type d -prune -exec rm -rf {} +

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 inkling
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    INKLING_CACHE=/home/inkling/.cache/inkling

WORKDIR /app
COPY app.py ./
COPY .streamlit ./.streamlit
COPY model ./model
COPY pages ./pages
COPY ui ./ui
COPY weights ./weights

# Reading the embedded images takes seconds: doing it here spares the first visitor the wait. A volume mounted on
# the cache folder keeps the complete MNIST from one container to the next.
USER inkling
RUN python -c "from model import data; data.prepare('mnist-5k')"

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# Streamlit itself is process 1 and receives SIGTERM, so `docker stop` ends it at once.
ENTRYPOINT ["python", "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true", "--server.fileWatcherType=none"]
