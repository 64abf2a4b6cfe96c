//! The bounds of everything that grows with its input.

/// The longest HTML text that is parsed, in bytes.
pub const MAX_HTML_BYTES: usize = 64 * 1024 * 1024;

/// The deepest stack of open elements below which elements still nest; deeper ones become
/// siblings. It is the limit of Chromium's parser, and part of how the page looks there.
pub const MAX_DEPTH: usize = 512;

/// How many elements may be open at once. Far above what any tree keeps apart, and low enough that
/// a search through all of them for each tag stays affordable.
pub const MAX_OPEN_ELEMENTS: usize = 4096;

/// How many nodes a page may have. Misnested formatting makes more nodes than there are tags.
pub const MAX_NODES: usize = 4 * 1024 * 1024;

/// The deepest nesting of arrays in a list of ops: two levels for each level of the tree.
pub const MAX_OPS_DEPTH: usize = 4 * MAX_DEPTH;
