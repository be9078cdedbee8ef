# One image for every process: `followthrough worker`, `followthrough desk`, and the commands.
# It holds no secret and no setting; both come from the environment (docs/operating.md).
FROM python:3.11-slim-bookworm AS built

WORKDIR /app
COPY requirements.runtime.lock ./
# --compile: a worker whose packages have no bytecode starts 1.5 s later.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --compile --require-hashes \
        -r requirements.runtime.lock
COPY cli.py worker.py ./
COPY models models
COPY policies policies
COPY workflows workflows
COPY activities activities
COPY jira_gateway jira_gateway
COPY ledger ledger
COPY insight insight
COPY desk desk
COPY console console
COPY local_jira local_jira
COPY runtime runtime
COPY demo demo
# Not a package: what runs lies in /app as it does in the checkout, and nothing is fetched to build it.
RUN printf '#!/bin/sh\nexec python -m cli "$@"\n' > /opt/venv/bin/followthrough \
    && chmod +x /opt/venv/bin/followthrough \
    && /opt/venv/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm
COPY --from=built /opt/venv /opt/venv
COPY --from=built /app /app
RUN useradd --system --uid 10001 --home-dir /var/lib/followthrough --create-home followthrough
USER followthrough
WORKDIR /var/lib/followthrough
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    FOLLOWTHROUGH_DATA_DIR=/var/lib/followthrough
VOLUME /var/lib/followthrough
# A worker finishes what it has begun, for at most 30 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["followthrough"]
CMD ["worker"]
