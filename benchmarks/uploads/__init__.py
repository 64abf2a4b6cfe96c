"""A long upload beside other people's pages."""
