"""A project with presence, for the tests."""
