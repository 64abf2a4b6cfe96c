"""A small project that the tests serve."""
