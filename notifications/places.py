"""Where people work, as far as messages must know it. The directory belongs to the domain above, which says once how it is asked."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """A post that somebody holds: the organisation, and the code of its area."""

    organisation_id: int
    area: str


class Directory(Protocol):
    def places_of(self, people: Collection[int]) -> Mapping[int, Sequence[Place]]:
        """The present posts of each of these people: one query."""

    def keepers(self) -> Sequence[int]:
        """The people who run the system."""

    def names(self, areas: Collection[str], offices: Collection[int]) -> tuple[Mapping[str, str], Mapping[int, str]]:
        """The names of those of these areas and organisations that exist: one query."""

    def offices_called(self, name: str, area: str) -> Sequence[int]:
        """Organisations in use of exactly this name inside an area."""


class Nowhere:
    """Until somebody says better."""

    def places_of(self, people: Collection[int]) -> Mapping[int, Sequence[Place]]:
        return {}

    def keepers(self) -> Sequence[int]:
        return ()

    def names(self, areas: Collection[str], offices: Collection[int]) -> tuple[Mapping[str, str], Mapping[int, str]]:
        return {}, {}

    def offices_called(self, name: str, area: str) -> Sequence[int]:
        return ()


_directory: Directory = Nowhere()


def register_directory(directory: Directory) -> None:
    """Called once, when the product starts: whoever knows people and offices says how to look them up."""
    global _directory
    _directory = directory


def directory() -> Directory:
    """What was registered."""
    return _directory
