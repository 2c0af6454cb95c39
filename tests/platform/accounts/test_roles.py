import pytest

from nianjian.platform.accounts.roles import Permission, Role, allows, roles_for

# Written out once more, by hand: a change of the table must be a change of this page, too.
MATRIX = """
                 read_own read report load reveal request approve audit people administer
administrator       x      x    x      x    x      x       x       x      x       x
compliance_lead     x      x    x      x    x      x       x       x      -       -
data_officer        x      x    x      x    x      x       -       -      -       -
outsourcer          x      -    -      -    -      -       -       -      -       -
tester              x      x    -      -    -      -       -       -      -       -
inspector           -      -    -      -    -      -       -       -      -       -
auditor             x      x    -      -    -      -       -       x      -       -
"""
HEAD, *ROWS = [line.split() for line in MATRIX.strip().splitlines()]


def test_the_matrix_names_every_role_and_act() -> None:
    assert set(HEAD) == set(Permission)
    assert {row[0] for row in ROWS} == set(Role)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_each_role_allows_what_the_matrix_says(row: list[str]) -> None:
    role, *marks = row
    assert {act: allows([role], Permission(act)) for act in HEAD} == {
        act: mark == "x" for act, mark in zip(HEAD, marks, strict=True)
    }


def test_several_roles_add_up_and_no_role_allows_nothing() -> None:
    assert allows(["inspector", "data_officer"], Permission.MANAGE_DATA)
    assert not any(allows(roles, act) for roles in ([], ["king"]) for act in Permission)


def test_a_refusal_names_the_roles_that_would_do() -> None:
    assert roles_for(Permission.APPROVE) == (Role.ADMINISTRATOR, Role.COMPLIANCE_LEAD)
