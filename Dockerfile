FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY feeds feeds
COPY storage storage
# Whatever the sources may be allowed here, everybody may read what is installed.
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && chmod -R a+rX /opt/venv

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home bot && install --directory --owner bot /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    RAPPORTEUR_MATRIX__STORE=/data/matrix \
    RAPPORTEUR_STORE__URL=sqlite:////data/rapporteur.db
USER 10001
# Here rapporteur.toml is looked for, and temporary files find room where /tmp is read-only.
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["rapporteur", "health"]
ENTRYPOINT ["rapporteur"]
CMD ["run"]
