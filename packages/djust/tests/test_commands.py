"""``INSTALLED_APPS = ["djust"]`` brings the commands and settings of all packages."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.test import override_settings
from djust_live.checks.settings import check_settings
from djust_live.management import provided


@pytest.mark.parametrize("name", ["djust_bench", "djust_record", "djust_explain_template"])
def test_commands_of_other_packages_are_there(name: str) -> None:
    command = load_command_class(str(get_commands()[name]), name)
    assert type(command).__module__.partition(".")[0] in ("djust_testing", "djust_templates")


def test_a_command_that_nobody_provides_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provided, "_paths", {})
    command = provided.command("djust_bench", "djust-testing")()
    with pytest.raises(CommandError, match='pip install djust-testing, and put "djust_testing"'):
        call_command(command)


def test_settings_of_packages_that_no_view_uses_are_known() -> None:
    given = {"UPLOAD_DIR": "/x", "PRESENCE_BACKEND": "memory", "STREAM_STALL_S": 1}
    with override_settings(DJUST=given):
        assert check_settings() == []
