from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self) -> None:
        from project import checks  # noqa: F401  registers them
        from project.celery import app  # noqa: F401  the app that shared tasks belong to
