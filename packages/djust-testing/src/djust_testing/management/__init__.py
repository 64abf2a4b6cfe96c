"""Commands of the test tools."""
