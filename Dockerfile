# The image of every gongkai service of docker-compose.yml: the locked environment, the DAGs and the dbt project.
FROM python:3.11-slim

RUN useradd --create-home --uid 50000 gongkai \
    && mkdir --parents /opt/gongkai /var/lib/gongkai \
    && chown gongkai:gongkai /opt/gongkai /var/lib/gongkai \
    && pip install --no-cache-dir uv==0.13.9

USER gongkai
WORKDIR /opt/gongkai
ENV PATH=/opt/gongkai/.venv/bin:$PATH \
    UV_COMPILE_BYTECODE=1 \
    UV_PYTHON_DOWNLOADS=never

# The libraries first: they change less often than the code.
COPY --chown=gongkai pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --extra s3 --no-install-project --no-cache

COPY --chown=gongkai plugins plugins
COPY --chown=gongkai dags dags
COPY --chown=gongkai dbt_project dbt_project
COPY --chown=gongkai expectations expectations
RUN uv sync --frozen --no-dev --extra s3 --no-cache
