# The collector. `docker build -f images/collector.Dockerfile -t snagwatch/collector:0.1.0 --target collector .`; with the
# embedded engine (0.8 GB more): `--target embedded -t snagwatch/collector:0.1.0-embedded`.
ARG BASE=python:3.11-slim-bookworm@sha256:2e32f7d302adc1c37428355c1e646897c0c53f4fd60b6a551245fb90ee129f91

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY images/build.txt images/
RUN python -m venv /build && /build/bin/pip install --require-hashes --no-deps -r images/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY docs docs
COPY collector collector
COPY synthetic synthetic
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

FROM build AS collector-venv
COPY images/collector.txt images/
RUN python -m venv --copies /opt/snagwatch \
    && /opt/snagwatch/bin/pip install --require-hashes --no-deps -r images/collector.txt \
    && /opt/snagwatch/bin/pip install --no-deps /wheels/*.whl \
    && /opt/snagwatch/bin/pip uninstall --yes pip setuptools

FROM build AS embedded-venv
COPY images/embedded.txt images/
RUN python -m venv --copies /opt/snagwatch \
    && /opt/snagwatch/bin/pip install --require-hashes --no-deps -r images/embedded.txt \
    && /opt/snagwatch/bin/pip install --no-deps /wheels/*.whl \
    && /opt/snagwatch/bin/pip uninstall --yes pip setuptools

FROM ${BASE} AS base
LABEL org.opencontainers.image.title="Snagwatch collector" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/opt/snagwatch/bin:/usr/local/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SNAG_LOG_FORMAT=json \
    HOME=/tmp SNAG_DATA_DIR=/data
RUN install -d -m 0700 -o 10001 -g 10001 /data
EXPOSE 8800 8801 8802
VOLUME /data
USER 10001:10001
ENTRYPOINT ["snag"]
CMD ["serve"]

FROM base AS embedded
COPY --from=embedded-venv /opt/snagwatch /opt/snagwatch

FROM base AS collector
COPY --from=collector-venv /opt/snagwatch /opt/snagwatch
