"""Strong Kleene logic on True, False and None, where None is unknown.

Unknown is never false and never a default. A value that decides alone still decides: one False
makes a conjunction false whatever the unknown parts may be.
"""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def not_(value: Truth) -> Truth:
    """The negation; unknown stays unknown.

    >>> not_(None) is None
    True
    """
    return None if value is None else not value


def all_(values: Iterable[Truth]) -> Truth:
    """False if one value is false, true if all are true, else unknown.

    >>> all_([True, None]) is None
    True
    >>> all_([None, False])
    False
    """
    unknown = False
    for value in values:
        if value is False:
            return False
        unknown = unknown or value is None
    return None if unknown else True


def any_(values: Iterable[Truth]) -> Truth:
    """True if one value is true, false if all are false, else unknown.

    >>> any_([None, True])
    True
    >>> any_([]) is False
    True
    """
    return not_(all_(not_(value) for value in values))


def and_(*values: Truth) -> Truth:
    """The conjunction of its arguments.

    >>> and_(True, None, False)
    False
    """
    return all_(values)


def or_(*values: Truth) -> Truth:
    """The disjunction of its arguments.

    >>> or_(None, False) is None
    True
    """
    return any_(values)


def is_in(value: object | None, members: Iterable[object]) -> Truth:
    """Whether a known value is one of `members`; unknown for None.

    >>> is_in("human", ("human", "animal"))
    True
    """
    return None if value is None else value in members


def at_least(value: float | None, bound: float) -> Truth:
    """Whether a known value reaches `bound`; unknown for None."""
    return None if value is None else value >= bound
