"""File uploads for djust live views."""
