"""Test tools for djust live views."""
