from typing import Any

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder


class WithoutViewflow(AppDirectoriesFinder):
    """No page of viewflow's is mounted, so none of its files is published (one of them refers to a file that it doesn't ship)."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(app_names or [config.name for config in apps.get_app_configs() if not config.name.startswith("viewflow")], *args, **kwargs)
