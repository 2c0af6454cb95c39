from pathlib import Path

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env
from nianjian.platform.home.folders import make_private, write_once


def test_defaults_make_a_complete_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = env.read({})
    assert environment.home == tmp_path / "var"
    assert environment.lake_url == str(tmp_path / "var" / "lake")
    assert (environment.engine, environment.debug, environment.https, environment.database_url) == (
        "duckdb",
        False,
        False,
        "",
    )
    assert not environment.keys.is_relative_to(environment.home)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("NIANJIAN_DEBUG", "maybe", "setting_not_a_flag"),
        ("NIANJIAN_HTTPS", "2", "setting_not_a_flag"),
        ("NIANJIAN_HOME", " ", "setting_empty"),
        ("NIANJIAN_HOSTS", ",", "setting_empty"),
        ("NIANJIAN_ENGINE", "postgres", "engine_unknown"),
        ("NIANJIAN_DATABASE_URL_FILE", "/nowhere/at/all", "setting_file_unreadable"),
    ],
)
def test_nonsense_is_named(name: str, value: str, code: str) -> None:
    with pytest.raises(NianjianError, match=code):
        env.read({name: value})


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:p@db/n\n")
    environ = {"NIANJIAN_DATABASE_URL_FILE": str(tmp_path / "url"), "NIANJIAN_DATABASE_URL": "ignored"}
    assert env.read(environ).database_url == "postgresql://u:p@db/n"


def test_a_database_url_in_all_its_parts() -> None:
    settings = env.database_settings("postgresql://an%40na:p%2Fw@db.example:5433/nian?sslmode=require", Path("/x"))
    assert {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "nian", "USER": "an@na", "PASSWORD": "p/w", "HOST": "db.example", "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


@pytest.mark.parametrize("url", ["mysql://u:secret@h/n", "postgresql://u:secret@h/", "postgresql://u:secret@h:x/n"])
def test_a_wrong_database_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(NianjianError, match="database_url_malformed") as caught:
        env.database_settings(url, Path("/x"))
    assert "secret" not in str(caught.value)


def test_without_a_url_the_database_lies_in_the_home() -> None:
    assert env.database_settings("", Path("/srv/x"))["NAME"] == "/srv/x/nianjian.sqlite3"


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_private(folder)
    folder.chmod(0o755)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_first_writer_wins(tmp_path: Path) -> None:
    assert write_once(tmp_path / "key", "first") == "first"
    assert write_once(tmp_path / "key", "second") == "first"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
