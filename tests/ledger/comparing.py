"""The product's answer beside the oracle's."""

from __future__ import annotations

from cases.ledger.figures import Level, Rules, Within, figures, members
from tests.ledger.histories import World, lines_of, units
from tests.ledger.oracle import COLUMNS, Numbers, Question, answer

NOBODY: Numbers = dict.fromkeys(COLUMNS, (0, 0))


def faults(world: World, question: Question) -> list[str]:
    """Every number in which the two differ, every line that does not add up."""
    rules = Rules(question.relapse_again, question.home_teaching_returns, question.carried_counts)
    within = Within(question.county, question.place, question.school)
    rows = figures(question.year, question.until, question.as_of, within, level=Level(question.level), rules=rules)
    lines = lines_of(question)
    expected = dict(answer(world.facts, question, units=units(), lines=lines))
    found = [f"{row.key or 'total'} does not add up" for row in rows if not row.adds_up]
    if missing := set(lines) - {row.key for row in rows}:
        found.append(f"no line for {sorted(missing)}")
    for row in rows:
        numbers: Numbers = {column.value: (pair.total, pair.priority) for column, pair in row.groups()}
        if numbers != (should := expected.pop(row.key, NOBODY)):
            found.append(f"{row.key or 'total'}: {numbers}, not {should}")
    found += [f"{key}: nothing, not {numbers}" for key, numbers in expected.items() if numbers != NOBODY]
    if not question.relapse_again:  # then every child is one
        line = world.chance.choice(rows)
        for column, pair in line.groups():
            behind = members(
                question.year, question.until, column, as_of=question.as_of, within=within, level=Level(question.level), key=line.key, rules=rules
            )
            if behind.count() != pair.total:
                found.append(f"{line.key} {column}: {behind.count()} names behind {pair.total}")
    return [f"{question}: {fault}" for fault in found]
