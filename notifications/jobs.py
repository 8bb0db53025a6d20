from celery import shared_task

from notifications import delivery


@shared_task
def deliver() -> int:
    """Carries the outbox out of the house. Any number may run at once."""
    return delivery.deliver_due()
