"""Official documents, their service (送达), and what happens before the procuratorate and the courts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.documents.scope import DocumentQuerySet
from cases.files.models import StoredFile


class DocumentKind(models.TextChoices):
    """Reference 2.3 K: those that the enforcement flow needs, and the usual others."""

    WRITTEN_REPORT = "written_report", _("written report of the school")
    TALK_RECORD = "talk_record", _("record of the talk with the guardian")
    NOTICE_TO_RETURN = "notice_to_return", _("notice to return")
    ORDER_TO_COMPLY = "order_to_comply", _("order to comply")
    PENALTY_DECISION = "penalty_decision", _("penalty decision")
    REFERRAL = "referral", _("letter of referral")
    COMPLAINT = "complaint", _("civil complaint")
    MEDIATION = "mediation", _("mediation agreement")
    GUARDIAN_PLEDGE = "guardian_pledge", _("guardian's pledge")
    MINUTES = "minutes", _("minutes of a meeting")
    OTHER = "other", _("other document")


class ServiceWay(models.TextChoices):
    """Reference 2.3 L; civil procedure law, articles 87 to 95."""

    DIRECT = "direct", _("handed over")
    LEFT = "left", _("left at the home")
    ENTRUSTED = "entrusted", _("through another authority")
    POST = "post", _("by post")
    FORWARDED = "forwarded", _("forwarded")
    PUBLIC = "public", _("by public notice")
    ELECTRONIC = "electronic", _("electronically, with consent")


class Venue(models.TextChoices):
    PROCURATORATE = "procuratorate", _("procuratorate")
    COURT = "court", _("court")
    MEDIATION = "mediation", _("mediation")


class Document(models.Model):
    """A numbered paper of an organisation. Filed once; its service is added once. `term_ends_on` is the plain natural end of the term."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="documents")
    episode = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    number = models.CharField(_("document number"), max_length=60)
    dated_on = models.DateField(_("dated"))
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("issued by"))
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan"))
    legal_basis = models.CharField(_("legal basis"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    term_days = models.PositiveSmallIntegerField(_("term in days"), null=True, blank=True)  # natural days from service, of an order
    venue = models.CharField(_("referred to"), max_length=14, choices=Venue, blank=True)  # of a letter of referral
    addressee = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("addressed to"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    served_on = models.DateField(_("served on"), null=True, blank=True)
    service_way = models.CharField(_("way of service"), max_length=12, choices=ServiceWay, blank=True)
    witness = models.CharField(_("witness or recipient"), max_length=60, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)  # of a public notice, which counts as served later
    service_note = models.CharField(_("note on the service"), max_length=200, blank=True)  # consent to electronic service, why by public notice
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof of service"))
    term_ends_on = models.DateField(_("term ends on"), null=True, blank=True)

    objects: ClassVar = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "number"], condition=~Q(number=""), name="document_number_once"),
            models.CheckConstraint(condition=Q(served_on__isnull=True) | ~Q(service_way=""), name="service_has_a_way"),
            models.CheckConstraint(condition=~Q(service_way="left") | ~Q(witness=""), name="what_is_left_was_seen"),
            models.CheckConstraint(condition=~Q(kind="order_to_comply") | Q(scan__isnull=False), name="an_order_has_a_scan"),
            models.CheckConstraint(condition=~Q(kind="penalty_decision") | ~Q(legal_basis=""), name="a_penalty_names_its_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.pk])


class CourtState(models.TextChoices):
    FILED = "filed", _("handed in")
    ACCEPTED = "accepted", _("accepted for hearing")
    HEARING = "hearing", _("hearing or mediation under way")
    MEDIATED = "mediated", _("mediated, with a date of return")
    DECIDED = "decided", _("decided by judgment")
    REJECTED = "rejected", _("rejected or withdrawn")


class CourtRecord(models.Model):
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="court_records")
    episode = models.PositiveSmallIntegerField()
    venue = models.CharField(_("before whom"), max_length=14, choices=Venue)
    state = models.CharField(_("state"), max_length=10, choices=CourtState)
    on = models.DateField(_("day"))
    return_on = models.DateField(_("agreed day of return"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state="mediated") | Q(return_on__isnull=False), name="mediation_sets_a_day_of_return")]

    def __str__(self) -> str:
        return f"{self.venue} {self.state}"
