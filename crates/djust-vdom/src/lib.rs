//! HTML text to a tree, tree against tree to ops, and ops applied to a tree.
