from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import IntegrityError

import sdl.store
from sdl.store import Store
from sdl.store.models import TRIGGER_NAMES, metadata
from sdl.store.schema import HEAD, MIGRATIONS, REVISIONS


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def test_the_known_revisions_are_the_migrations() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    found = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS
    assert script.get_heads() == [HEAD]


def test_the_migrations_make_the_tables_of_the_models(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_checks_and_table_options_of_the_models(store: Store) -> None:
    """Autogenerate doesn't compare CHECKs, nor WITHOUT ROWID."""
    plain = create_engine("sqlite://")
    metadata.create_all(plain)
    with store.reading() as migrated, plain.connect() as direct:
        for table in metadata.tables:
            both = [
                {
                    one["name"]: one["sqltext"]
                    for one in inspect(connection).get_check_constraints(table)
                }
                for connection in (migrated, direct)
            ]
            assert both[0] == both[1]
            assert both[0] or table == "alembic_version"
            made = [
                re.findall(
                    r"(WITHOUT ROWID)",
                    connection.exec_driver_sql(
                        f"SELECT sql FROM sqlite_schema WHERE name = '{table}'"
                    ).scalar_one(),
                )
                for connection in (migrated, direct)
            ]
            assert made[0] == made[1]
    plain.dispose()


def test_the_triggers_are_there(store: Store) -> None:
    with store.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).scalars()
        assert sorted(found) == sorted(TRIGGER_NAMES)


def test_down_and_up_again(store: Store) -> None:
    with store.transaction() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        command.upgrade(config, "head")
        assert "ledger" in inspect(connection).get_table_names()


def test_opening_a_current_store_does_not_migrate(
    course: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("migrated again")

    monkeypatch.setattr(command, "upgrade", fail)
    Store.open(course.where).close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO campaign VALUES ('', 'n', :d, 1, 1)",
        "INSERT INTO campaign VALUES ('x', 'n', 'short', 1, 1)",
        "INSERT INTO campaign VALUES ('x', 'n', :d, 1, -1)",
        "INSERT INTO campaign VALUES ('x', NULL, :d, 1, 1)",
        "INSERT INTO campaign VALUES ('cho', 'n', :d, 1, 1)",
        "INSERT INTO ledger VALUES ('x', 1, 0, 'a.b', 'me', '', '{}', :z, :d)",
        "INSERT INTO ledger VALUES ('cho', 0, 0, 'a.b', 'me', '', '{}', :z, :d)",
        "INSERT INTO series VALUES (99, 'cho', 'E0001', 'R01', 'ph', 'K')",
        "INSERT INTO series VALUES (99, 'cho', '', 'R01', 'ph', 'K')",
        "INSERT INTO series VALUES (99, 'x', 'E1', 'R01', 'ph', 'K')",
        "INSERT INTO chunk VALUES (999, 0, 0, 1, 0, 1, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 0, 0, 1, 1, 1, 0, NULL, zeroblob(0), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 2, 1, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 9, 8, 1, 0, 1, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, 2, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, NULL, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 1, 1, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, 1, 1, 1, 0, NULL, zeroblob(7), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, 1, 1, 1, NULL, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, 1, 1, 1, 0, zeroblob(8), zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 5, 1, 0, 1, 1, 1, 0, NULL, zeroblob(8), NULL)",
        "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, 1, 1, 1, 0, NULL, zeroblob(8), zeroblob(2))",
        "INSERT INTO session VALUES (1, 'x', 1, NULL, 1, 'run', '{}', NULL)",
        "INSERT INTO session VALUES (1, 'cho', 1, NULL, 1, '', '{}', NULL)",
        "INSERT INTO session VALUES (1, 'cho', 1, 2, 1, 'run', '{}', NULL)",
        "INSERT INTO session VALUES (1, 'cho', 1, NULL, 1, 'run', '{}', 'finished')",
    ],
)
def test_the_database_holds_its_rules(course: Store, statement: str) -> None:
    values = {"d": "d" * 64, "z": "0" * 64}
    with pytest.raises(IntegrityError), course.transaction() as connection:
        connection.exec_driver_sql(statement, values)


def test_a_good_row_of_each_table_is_taken(course: Store) -> None:
    """The counterpart of the rows above: they are refused for what they say they are."""
    values = {"d": "d" * 64, "z": "0" * 64}
    with course.transaction() as connection:
        for statement in (
            "INSERT INTO campaign VALUES ('x', 'n', :d, 1, 1)",
            "INSERT INTO ledger VALUES ('x', 1, 0, 'a.b', 'me', '', '{}', :z, :d)",
            "INSERT INTO series VALUES (99, 'x', 'E1', 'R01', 'ph', 'K')",
            "INSERT INTO chunk VALUES (1, 0, 0, 1, 0, 1, 1, 1, 0, NULL, zeroblob(8), NULL)",
            "INSERT INTO session VALUES (1, 'cho', 1, NULL, 1, 'run', '{}', NULL)",
        ):
            connection.exec_driver_sql(statement, values)


def test_importing_the_package_is_light() -> None:
    heavy = "{'sqlmodel', 'sqlalchemy', 'alembic', 'pydantic', 'numpy', 'pandas', 'pyarrow'}"
    code = f"import sys, sdl.store, sdl.export; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_opening_loads_neither_alembic_nor_pandas(course: Store) -> None:
    code = (
        "import sys; from sdl.store import Store, load_state\n"
        "with Store.open(sys.argv[1], read_only=True) as s: load_state(s, 'cho')\n"
        "print({'alembic', 'pandas', 'pyarrow', 'numpy', 'optimizers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, course.where], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_every_public_name_is_there_and_none_is_a_modules_name() -> None:
    modules = {path.stem for path in Path(sdl.store.__file__).parent.glob("*.py")}
    assert not modules & set(sdl.store.__all__)
    for name in sdl.store.__all__:
        assert getattr(sdl.store, name).__name__ == name
    assert dir(sdl.store) == sdl.store.__all__
    with pytest.raises(AttributeError, match="nothing"):
        _ = sdl.store.nothing
