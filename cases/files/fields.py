"""Form fields that take more than one file. They look at the first bytes; `services.store` looks at the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from cases.files.content import ACCEPT, ACCEPT_PHOTOS, BadFile, examine

Evidence = tuple[str, "UploadedFile[Any]"]  # its kind, and the upload


class Looks(forms.Widget):
    """The script that shows previews and makes photos smaller before they travel; without it everything works, only slower."""

    class Media:
        css: ClassVar = {"all": ["cases/files/files.css"]}
        js: ClassVar = [forms.widgets.Script("cases/files/files.js", type="module")]


class FilesInput(Looks, forms.FileInput):
    """One input that takes several files."""

    template_name = "cases/files/files.html"
    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, photo: bool = False) -> None:
        super().__init__(attrs)
        self.photo = photo

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["photo"] = self.photo
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[UploadedFile[Any]]:
        return every_upload(files, name)


class FilesField(forms.FileField):
    """Several files: cleaned into a list of uploads, empty when there are none."""

    widget = FilesInput

    def __init__(self, *, at_most: int = 9, photo_only: bool = False, **kwargs: Any) -> None:
        self.at_most, self.photo_only = at_most, photo_only
        super().__init__(**{"widget": FilesInput(photo=photo_only), **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"multiple": True, "accept": ACCEPT_PHOTOS if self.photo_only else ACCEPT, "data-at-most": self.at_most}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        uploads: list[UploadedFile[Any]] = data or []
        if self.required and not uploads:
            raise ValidationError(gettext("Please add at least one file."), code="required")
        if len(uploads) > self.at_most:
            raise ValidationError(_("At most %(limit)d files are taken; these are %(count)d.") % {"limit": self.at_most, "count": len(uploads)})
        refuse_bad(uploads, photo_only=self.photo_only)
        return uploads


class FileInput(Looks, forms.FileInput):
    """One file; the form templates draw it as a tile."""


class ScanField(forms.FileField):
    """One file, a photo or a PDF: cleaned into the upload, or None."""

    widget = FileInput

    def __init__(self, *, photo_only: bool = False, **kwargs: Any) -> None:
        self.photo_only = photo_only
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": ACCEPT_PHOTOS if self.photo_only else ACCEPT}

    def clean(self, data: Any, initial: Any = None) -> UploadedFile[Any] | None:
        upload: UploadedFile[Any] | None = super().clean(data, initial) or None
        refuse_bad([upload] if upload else [], photo_only=self.photo_only)
        return upload


class EvidenceWidget(Looks, forms.Widget):
    """Rows of a kind and its files. Without scripts there are ROWS of them; a script adds more."""

    template_name = "cases/files/evidence.html"
    needs_multipart_form = True
    use_fieldset = True
    rows, most_rows = 3, 12

    def __init__(self, attrs: dict[str, Any] | None = None, kinds: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(attrs)
        self.kinds = list(kinds)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id") or f"id_{name}"
        context["kinds"], context["accept"], context["most_rows"] = self.kinds, ACCEPT, self.most_rows
        # A browser gives no file back after an error, but the kinds that were chosen stay.
        chosen = list(dict.fromkeys(kind for kind, _upload in value or []))
        context["rows"] = [
            {
                "number": row + 1,
                "kind": f"{name}-{row}-kind",
                "files": f"{name}-{row}",
                "id": f"{base}_{row}",
                "chosen": chosen[row] if row < len(chosen) else "",
            }
            for row in range(max(self.rows, len(chosen)))
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Evidence]:
        return [(data.get(f"{name}-{row}-kind", ""), upload) for row in range(self.most_rows) for upload in every_upload(files, f"{name}-{row}")]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class EvidenceField(forms.FileField):
    """Files of different kinds: cleaned into a list of (kind, upload) pairs; `kinds` are choices of CodeList.EVIDENCE."""

    widget: type[EvidenceWidget] = EvidenceWidget
    default_error_messages: ClassVar = {"required": gettext_lazy("Please add the evidence.")}

    def __init__(self, kinds: Iterable[tuple[str, Any]], *, at_most: int = 12, **kwargs: Any) -> None:
        self.kinds = list(kinds)
        self.at_most = at_most
        super().__init__(widget=EvidenceWidget(kinds=self.kinds), **kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data  # the kinds that were chosen are shown again

    def clean(self, data: Any, initial: Any = None) -> list[Evidence]:
        evidence: list[Evidence] = data or []
        if self.required and not evidence:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(evidence) > self.at_most:
            raise ValidationError(_("At most %(limit)d files are taken; these are %(count)d.") % {"limit": self.at_most, "count": len(evidence)})
        known = {code for code, _label in self.kinds}
        if any(kind not in known for kind, _upload in evidence):
            raise ValidationError(gettext("Please say of each file what kind of evidence it is."), code="kind")
        refuse_bad([upload for _kind, upload in evidence], photo_only=False)
        return evidence


def every_upload(files: Any, name: str) -> list[UploadedFile[Any]]:
    """All files sent under the name; one, several or none, from a request or from a plain mapping."""
    if isinstance(files, MultiValueDict):
        return [upload for upload in files.getlist(name) if upload]
    found = files.get(name) if files else None
    return found if isinstance(found, list) else [found] if found else []


def refuse_bad(uploads: Iterable[UploadedFile[Any]], *, photo_only: bool) -> None:
    """Raises a ValidationError that names each file that is not taken."""
    problems = []
    for upload in uploads:
        try:
            examine(upload, photo_only=photo_only)
        except BadFile as refusal:
            problems.append(ValidationError(str(refusal), code="file"))
    if problems:
        raise ValidationError(problems)
