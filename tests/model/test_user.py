"""What each role may do."""

from postroom.model.user import PERMISSIONS, Permission, Role


def test_every_role_may_do_something_and_each_all_that_the_one_below_it_may() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.VIEWER] < PERMISSIONS[Role.AGENT] < PERMISSIONS[Role.ADMIN]


def test_who_only_looks_changes_nothing() -> None:
    assert PERMISSIONS[Role.VIEWER] == {Permission.READ}


def test_only_administrators_see_users_and_change_settings() -> None:
    for permission in (Permission.ADMINISTER, Permission.CONFIGURE):
        assert [role for role in Role if permission in PERMISSIONS[role]] == [Role.ADMIN]
