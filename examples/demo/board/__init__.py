"""A small product on djust: a task board for teams."""
