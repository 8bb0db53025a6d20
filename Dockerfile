FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/kongchuo

COPY pyproject.toml constraints.txt ./
COPY tools/requirements.py tools/
RUN python tools/requirements.py >/tmp/requirements.txt \
    && pip install --constraint constraints.txt --requirement /tmp/requirements.txt \
    && rm /tmp/requirements.txt

COPY . .
# The build needs no database and no secret that lasts: what it makes for itself stays in a folder that is thrown away.
ENV KC_STATIC_ROOT=/srv/static
RUN KC_DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity=0 \
    && rm -rf /tmp/build \
    && python -m compileall -q project cases workflows notifications \
    && useradd --system --uid 10001 --no-create-home kongchuo \
    && install -d -o kongchuo -g kongchuo -m 0700 /data

ENV KC_DATA_DIR=/data
USER kongchuo
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "project.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=8", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
