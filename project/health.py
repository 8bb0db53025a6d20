"""Whether this copy of the product can serve, and whether what must never stop still runs."""

import logging
import time
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications import clock, delivery
from workflows import heartbeat

log = logging.getLogger(__name__)

STARTED = time.monotonic()  # after a night's rest the engines get as long to show themselves as they may be silent


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while all is well, else 503 with the reasons.

    Red: no database, a migration that waits, a sweep or an auditor that ran here once and has fallen silent. Letters that were given up
    and those that nobody fetches are counted, and somebody looks after them; they are no reason to take the pages away.
    """
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        said: dict[str, Any] = {"database": "reachable", "migrations_waiting": waiting}
        reasons = ["a migration waits"] if waiting else []
        if not waiting:
            for sign in heartbeat.signs():
                said[sign.engine] = None if sign.seconds_ago is None else {"seconds_ago": round(sign.seconds_ago)}
                if sign.silent and time.monotonic() - STARTED > heartbeat.SILENT_AFTER[sign.engine]:
                    reasons.append(f"{sign.engine} is silent")
            outbox = delivery.look(clock.now())
            said["outbox"] = {"late": outbox.late, "dead": outbox.dead}
    except DatabaseError:
        log.exception("the database does not answer")
        return JsonResponse({"database": "unreachable", "reasons": ["no database"]}, status=503)
    return JsonResponse({**said, "reasons": reasons}, status=503 if reasons else 200)
