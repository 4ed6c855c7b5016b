# The runner of journeys, with Debian's headless Chromium: nothing is downloaded when it runs.
# `docker build -f images/synthetic.Dockerfile -t snagwatch/synthetic:0.1.0 .`
ARG BASE=python:3.11-slim-bookworm@sha256:2e32f7d302adc1c37428355c1e646897c0c53f4fd60b6a551245fb90ee129f91

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY images/build.txt images/
RUN python -m venv /build && /build/bin/pip install --require-hashes --no-deps -r images/build.txt
COPY images/synthetic.txt images/
RUN python -m venv --copies /opt/snagwatch \
    && /opt/snagwatch/bin/pip install --require-hashes --no-deps -r images/synthetic.txt
COPY pyproject.toml README.md LICENSE ./
COPY docs docs
COPY collector collector
COPY synthetic synthetic
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/snagwatch/bin/pip install --no-deps /wheels/*.whl \
    && /opt/snagwatch/bin/pip uninstall --yes pip setuptools

FROM ${BASE} AS synthetic
LABEL org.opencontainers.image.title="Snagwatch synthetic runner" \
      org.opencontainers.image.licenses="Apache-2.0"
# Debian keeps only the newest version of a package, and a browser should be that.
# tini, as process 1, takes away what a killed browser leaves behind; libatomic1 is for Playwright's driver.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       chromium-headless-shell fonts-liberation fonts-noto-color-emoji libatomic1 tini \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/snagwatch /opt/snagwatch
ENV PATH=/opt/snagwatch/bin:/usr/local/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SNAG_LOG_FORMAT=json \
    HOME=/tmp PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
EXPOSE 8810
USER 10001:10001
ENTRYPOINT ["tini", "--", "snag"]
CMD ["journeys", "watch", "/journeys"]
