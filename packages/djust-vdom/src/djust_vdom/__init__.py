"""HTML text to tree, tree against tree to ops: the differ under djust, usable alone."""
