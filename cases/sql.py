"""The few statements of the hottest road, said directly: Django takes longer to build such a query than PostgreSQL to answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

Fields = tuple["Field[Any, Any]", ...]


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement finds or returns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def tell(sql: str, *values: Any) -> None:
    """A statement that returns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def read(models: tuple[type[Model], ...], where: str, *values: Any) -> list[tuple[Any, ...]]:
    """Whole rows as instances, one of each model side by side; `where` begins at FROM and calls the tables by their names."""
    selected, parts = _reading(models)
    return [tuple(make(found[part]) for part, make in parts) for found in ask(f"SELECT {selected} {where}", *values)]


@cache
def _reading(models: tuple[type[Model], ...]) -> tuple[str, list[tuple[slice, Callable[[tuple[Any, ...]], Model]]]]:
    quote = connection.ops.quote_name
    columns: list[str] = []
    parts = []
    for model in models:
        fields = model._meta.concrete_fields
        parts.append((slice(len(columns), len(columns) + len(fields)), _maker(model)))
        columns += [f"{quote(field.model._meta.db_table)}.{quote(str(field.column))}" for field in fields]
    return ", ".join(columns), parts


def _maker(model: type[Model]) -> Callable[[tuple[Any, ...]], Model]:
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    converted = [(place, field, convert) for place, field in enumerate(fields) for convert in field.get_db_converters(connection)]

    def make(found: tuple[Any, ...]) -> Model:
        values = list(found)
        for place, field, convert in converted:
            values[place] = convert(values[place], field, connection)
        return model.from_db(connection.alias, names, values)

    return make


def insert(row: Model, *, along: str = "", values: Sequence[Any] = ()) -> None:
    """INSERT a new row; its pk and what the database filled in are read back. No signal is sent and no `save` called.

    `along` is a further INSERT in the same statement, in which this row is called `made`.
    """
    given, left = _columns(row)
    statement = _statement(type(row), given, left)
    if along:
        statement = f"WITH made AS ({statement}), along AS ({along}) SELECT * FROM made"  # noqa: S608  of our own names
    _fill(row, left, ask(statement, *_values(row, given), *values)[0])


def insert_pair(row: Model, other: Model, link: str) -> None:
    """INSERT a new row and another one that refers to it by the foreign key `link`, in one statement."""
    given, left = _columns(row)
    others, filled = _columns(other)
    key = next(field for field in others if field.name == link)
    # the key comes last, because a value that is found within the statement is none of those that are bound
    others = (*(field for field in others if field is not key), key)
    first, second = _statement(type(row), given, left), _statement(type(other), others, filled, last="(SELECT id FROM made)")
    statement = f"WITH made AS ({first}), along AS ({second}) SELECT * FROM made, along"  # noqa: S608  of our own names
    [found] = ask(statement, *_values(row, given), *_values(other, others[:-1]))
    _fill(row, left, found[: len(left)])
    _fill(other, filled, found[len(left) :])
    setattr(other, link, row)


def _columns(row: Model) -> tuple[Fields, Fields]:
    """What is written, and what the database decides."""
    left = [field for field in _fields(type(row)) if field is row._meta.auto_field or isinstance(getattr(row, field.attname), DatabaseDefault)]
    return tuple(field for field in _fields(type(row)) if field not in left), tuple(left)


@cache
def _fields(model: type[Model]) -> Fields:
    return tuple(field for field in model._meta.local_concrete_fields if not field.generated)


def _values(row: Model, fields: Fields) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]


def _fill(row: Model, fields: Fields, found: Sequence[Any]) -> None:
    for field, value in zip(fields, found, strict=True):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(model: type[Model], given: Fields, left: Fields, last: str = "%s") -> str:
    quote = connection.ops.quote_name
    names, read = (", ".join(quote(str(field.column)) for field in fields) for fields in (given, left))
    places = ", ".join(["%s"] * (len(given) - 1) + [last])
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places}) RETURNING {read}"  # noqa: S608  of our own names
