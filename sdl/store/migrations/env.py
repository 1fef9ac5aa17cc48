"""Alembic's entry: runs the migrations on the connection that `sdl.store.schema` hands over."""

from alembic import context

from sdl.store.models import metadata


def run() -> None:
    """Migrate inside the transaction that the caller opened, all or nothing."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


run()
