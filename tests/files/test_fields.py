"""Forms that take more than one file."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from cases.files.fields import EvidenceField, FilesField, ScanField
from tests.files.paper import pdf, photo

KINDS = [("diagnosis", "诊断证明"), ("expert_opinion", "评估意见")]


class PhotosForm(forms.Form):
    photos = FilesField(at_most=2, photo_only=True, required=False)


class ProofForm(forms.Form):
    evidence = EvidenceField(KINDS)


class PaperForm(forms.Form):
    scan = ScanField(required=False)


def test_several_photos_come_as_a_list_and_none_as_an_empty_one() -> None:
    form = PhotosForm({}, MultiValueDict({"photos": [photo("a.jpg"), photo("b.jpg")]}))
    assert form.is_valid()
    assert [upload.name for upload in form.cleaned_data["photos"]] == ["a.jpg", "b.jpg"]

    nothing = PhotosForm({}, MultiValueDict())
    assert nothing.is_valid()
    assert nothing.cleaned_data["photos"] == []


def test_too_many_photos_and_each_file_that_is_none_are_named() -> None:
    form = PhotosForm({}, MultiValueDict({"photos": [photo(), photo(), photo()]}))
    assert not form.is_valid()

    form = PhotosForm({}, MultiValueDict({"photos": [pdf("paper.pdf"), SimpleUploadedFile("virus.jpg", b"MZ")]}))
    assert not form.is_valid()
    assert [name in str(form.errors["photos"]) for name in ("paper.pdf", "virus.jpg")] == [True, True]


def test_evidence_comes_as_pairs_of_kind_and_file() -> None:
    data = QueryDict("evidence-0-kind=diagnosis&evidence-2-kind=expert_opinion")
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict({"evidence-0": [photo("a.jpg"), pdf("b.pdf")], "evidence-2": [pdf("c.pdf")]})
    form = ProofForm(data, files)
    assert form.is_valid(), form.errors
    assert [(kind, upload.name) for kind, upload in form.cleaned_data["evidence"]] == [
        ("diagnosis", "a.jpg"),
        ("diagnosis", "b.pdf"),
        ("expert_opinion", "c.pdf"),
    ]


@pytest.mark.parametrize("kind", ["", "invented"])
def test_evidence_without_a_known_kind_is_refused(kind: str) -> None:
    form = ProofForm(QueryDict(f"evidence-0-kind={kind}"), MultiValueDict({"evidence-0": [pdf()]}))
    assert not form.is_valid()


def test_evidence_may_be_demanded_and_the_chosen_kinds_are_shown_again() -> None:
    assert not ProofForm(QueryDict("evidence-0-kind=diagnosis"), MultiValueDict()).is_valid()

    shown = str(ProofForm(QueryDict("evidence-1-kind=expert_opinion"), MultiValueDict({"evidence-1": [pdf()]}))["evidence"])
    assert 'value="expert_opinion" selected' in shown
    assert shown.count('type="file"') == 3


def test_one_scan_may_be_a_photo_or_a_pdf_or_nothing() -> None:
    for upload in (photo(), pdf()):
        form = PaperForm({}, MultiValueDict({"scan": [upload]}))
        assert form.is_valid()
        assert form.cleaned_data["scan"]
    empty = PaperForm({}, MultiValueDict())
    assert empty.is_valid()
    assert empty.cleaned_data["scan"] is None
    assert not PaperForm({}, MultiValueDict({"scan": [SimpleUploadedFile("a.jpg", b"text")]})).is_valid()
