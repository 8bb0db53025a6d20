"""The journal: written once, sealed in a chain, and silent about people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases.directory.models import User
from cases.journal import clock, seal
from cases.journal.models import Entry, Seal
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.models import Case, StandingChange
from tests.cast import NOON


def write(count: int) -> None:
    for _number in range(count):
        record(Verb.STUDENT_CHANGED, at=NOON)


@pytest.mark.parametrize("model", [Entry, StandingChange, Seal])
def test_the_database_refuses_to_change_or_delete_what_was_written(case: Case, model: type[Entry]) -> None:
    seal.seal_journal(now=clock.now() + timedelta(hours=1))
    key = model.objects.values_list("pk", flat=True)[0]
    for act in (f"UPDATE {model._meta.db_table} SET id = id WHERE id = {key}", f"DELETE FROM {model._meta.db_table} WHERE id = {key}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    assert model.objects.filter(pk=key).exists()


def test_an_entry_holds_ids_and_codes_and_no_name(case: Case, teacher: User) -> None:
    student = case.student
    for entry in Entry.objects.all():
        assert student.name not in str(entry.data)
        assert student.address not in str(entry.data)


def test_seals_cover_the_settled_entries_and_hold(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "BATCH", 4)
    write(10)
    assert seal.seal_journal(now=clock.now()) == 0, "too young: a transaction may still bring older ones"
    later = clock.now() + timedelta(minutes=10)
    assert seal.seal_journal(now=later) == 3
    assert seal.seal_journal(now=later) == 0, "twice is harmless"
    assert seal.verify_journal() == []
    assert Seal.objects.order_by("-last")[0].last == Entry.objects.order_by("-pk")[0].pk


def test_an_entry_that_slips_in_below_a_seal_breaks_the_chain(db: None) -> None:
    write(2)
    last = Entry.objects.order_by("-pk")[0].pk
    Entry.objects.create(pk=last + 2, verb=Verb.STUDENT_CHANGED, occurred_at=NOON)
    seal.seal_journal(now=clock.now() + timedelta(minutes=10))
    assert seal.verify_journal() == []
    Entry.objects.create(pk=last + 1, verb=Verb.STUDENT_CHANGED, occurred_at=NOON)
    assert [found.what for found in seal.verify_journal()] == ["entries were changed, added or removed"]


def test_the_command_says_that_the_journal_is_whole(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    write(3)
    call_command("verify_journal")
    assert "Nothing is sealed yet" in capsys.readouterr().out
    Seal.objects.create(first=1, last=Entry.objects.order_by("-pk")[0].pk, digest="0" * 64)
    with pytest.raises(CommandError):
        call_command("verify_journal")


def test_the_clock_moves_only_where_its_owner_allows_it(clock: object) -> None:
    from cases.journal.clock import now

    before = now()
    assert callable(clock)
    clock(timedelta(days=3))
    assert timedelta(days=3) - timedelta(minutes=1) < now() - before < timedelta(days=3, minutes=1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE engine_clock SET movable = true")
