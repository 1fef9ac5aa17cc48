"""Alembic migrations of the store, run by `sdl.store.schema` and shipped as package data."""
