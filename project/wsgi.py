"""The door for a web server (gunicorn project.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

from project import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
embedded.start()
application = get_wsgi_application()
