# syntax=docker/dockerfile:1
# A code location: Python, Dagster, your definitions. Here those of examples/quickstart.
FROM python:3.12-slim-bookworm
# SQLAlchemy 2.1 reads postgresql:// as psycopg 3, which dagster-postgres 0.29 does not bring.
RUN pip install --no-cache-dir dagster==1.13.27 dagster-postgres==0.29.27 dagster-docker==0.29.27 "sqlalchemy<2.1" \
    && mkdir -p /opt/dagster/dagster_home /opt/dagster/logs /opt/dagster/data \
    && chown -R 10001:10001 /opt/dagster
WORKDIR /opt/dagster/app
COPY examples/quickstart/definitions.py ./
USER 10001:10001
EXPOSE 4000
# code-server: its code can be reloaded from the web UI without a restart of the container.
CMD ["dagster", "code-server", "start", "-h", "0.0.0.0", "-p", "4000", "-f", "definitions.py"]
