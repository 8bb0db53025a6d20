"""Whatever happened, whenever it was told, whichever month is asked as of whichever moment: the table says what a slow count of the facts says."""

from __future__ import annotations

from random import Random

import pytest
from django.db import ProgrammingError, connection

from cases import sql
from cases.ledger.checking import differences
from tests.databases import as_owner
from tests.factories import Place
from tests.ledger.comparing import faults
from tests.ledger.histories import World


@pytest.mark.parametrize("seed", [20261123, 7])
def test_the_table_says_what_a_slow_count_of_the_facts_says(place: Place, seed: int) -> None:
    world = World(place, Random(seed))
    for _ in range(2):  # the second half of the children comes into a table that is in use
        world.live(40)
        assert [fault for _ in range(40) for fault in faults(world, world.question())] == []
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_changed_beside_the_facts_is_found(place: Place) -> None:
    world = World(place, Random(3))
    world.live(20)
    assert differences() == []
    case = sql.ask("SELECT min(case_id) FROM cases_stretch")[0][0]
    change = "UPDATE cases_stretch SET code = 'x' WHERE case_id = %s"
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql.tell(change, case)
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute(change, [case])
    assert differences() == [case]
