"""Migrations of the table of the ``db`` state backend."""
