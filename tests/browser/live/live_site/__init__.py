"""A site with a page for each facility of Django that live pages meet."""
