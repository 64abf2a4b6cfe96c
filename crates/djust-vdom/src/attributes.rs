//! Attributes: which differ, which are ours, and those that steer the differ.

use crate::ops::OpWriter;
use crate::tree::{APPEND, Attribute, NO_NUMBER, NameId, Namespace, OPAQUE, PREPEND, Tree};

/// What `dj-update` says about the children of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpdateMode {
    /// They become what the new page says.
    Replace,
    /// They are not ours.
    Ignore,
    /// New ones are added at the end, none is removed.
    Append,
    /// New ones are added at the front, none is removed.
    Prepend,
}

impl UpdateMode {
    pub(crate) fn parse(value: &str) -> Self {
        match value {
            "ignore" => Self::Ignore,
            "append" => Self::Append,
            "prepend" => Self::Prepend,
            _ => Self::Replace,
        }
    }

    pub(crate) fn flag(self) -> u16 {
        match self {
            Self::Replace => 0,
            Self::Ignore => OPAQUE,
            Self::Append => APPEND,
            Self::Prepend => PREPEND,
        }
    }
}

/// The names that the differ looks for in one tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    key: Option<NameId>,
    id: Option<NameId>,
    ignored: Option<NameId>,
}

impl Names {
    pub(crate) fn of(tree: &Tree) -> Self {
        Self {
            key: tree.name_id("dj-key"),
            id: tree.name_id("id"),
            ignored: tree.name_id("dj-ignore-attrs"),
        }
    }

    /// Returns whether any element may have a key.
    pub(crate) fn has_keys(&self) -> bool {
        self.key.is_some() || self.id.is_some()
    }

    /// Returns what tells an element from its siblings: `dj-key`, else `id`.
    pub(crate) fn key<'tree>(&self, tree: &'tree Tree, index: usize) -> Option<Key<'tree>> {
        if !self.has_keys() {
            return None;
        }
        if let Some(value) = tree.attribute(index, self.key) {
            return Some(Key { is_id: false, value });
        }
        let value = tree.attribute(index, self.id).filter(|value| !value.is_empty())?;
        Some(Key { is_id: true, value })
    }
}

/// What tells an element from its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key<'tree> {
    is_id: bool,
    pub(crate) value: &'tree str,
}

/// The attributes that `dj-ignore-attrs` gives to other scripts.
struct Ignored<'tree>(Option<&'tree str>);

impl Ignored<'_> {
    /// Names are separated by white space or commas; a `*` at the end stands for any rest.
    fn contains(&self, name: &str) -> bool {
        let Some(list) = self.0 else { return false };
        list.split([' ', ',', '\t', '\n', '\r', '\u{c}']).filter(|pattern| !pattern.is_empty()).any(
            |pattern| match pattern.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == pattern,
            },
        )
    }
}

/// Two trees side by side, with the names of the one translated for the other.
pub(crate) struct Pair<'a> {
    pub(crate) old: &'a Tree,
    pub(crate) new: &'a Tree,
    /// For each name of `new` its place in `old`.
    names: Vec<Option<NameId>>,
    old_special: Names,
    new_special: Names,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(old: &'a Tree, new: &'a Tree) -> Self {
        Self {
            names: new.names_in(old),
            old_special: Names::of(old),
            new_special: Names::of(new),
            old,
            new,
        }
    }

    pub(crate) fn old_key(&self, index: usize) -> Option<Key<'a>> {
        self.old_special.key(self.old, index)
    }

    pub(crate) fn new_key(&self, index: usize) -> Option<Key<'a>> {
        self.new_special.key(self.new, index)
    }

    /// Returns whether a name of the new tree is this name of the old one.
    pub(crate) fn same_name(&self, old: NameId, new: NameId) -> bool {
        self.names.get(new.0 as usize).copied().flatten() == Some(old)
    }

    fn same_attribute(&self, old: &Attribute, new: &Attribute) -> bool {
        old.namespace == new.namespace && self.same_name(old.name, new.name)
    }

    /// Returns whether both elements have the same attributes, in whatever order.
    pub(crate) fn same_attributes(&self, old: usize, new: usize) -> bool {
        let (old, new) = (self.old.attributes(old), self.new.attributes(new));
        old.len() == new.len()
            && new.iter().enumerate().all(|(position, wanted)| {
                self.find(old, position, wanted)
                    .is_some_and(|present| self.old.value(present) == self.new.value(wanted))
            })
    }

    /// Finds the attribute with the name of `wanted`; usually it is at the same position.
    fn find<'t>(
        &self,
        old: &'t [Attribute],
        position: usize,
        wanted: &Attribute,
    ) -> Option<&'t Attribute> {
        old.get(position)
            .filter(|present| self.same_attribute(present, wanted))
            .or_else(|| old.iter().find(|present| self.same_attribute(present, wanted)))
    }

    /// Writes what changes in the attributes of one element.
    pub(crate) fn diff_attributes(&self, old: usize, new: usize, out: &mut OpWriter) {
        let number = self.old.nodes[old].number;
        debug_assert_ne!(number, NO_NUMBER);
        let ignored = Ignored(self.new.attribute(new, self.new_special.ignored));
        // What the page had while an attribute was ignored is not known: it is said again.
        let forgotten = Ignored(self.old.attribute(old, self.old_special.ignored));
        let ours = |name: &str, namespace| namespace != Namespace::Html || !ignored.contains(name);
        let (before, after) = (self.old.attributes(old), self.new.attributes(new));
        for attribute in before {
            let name = self.old.name(attribute.name);
            let gone = after.iter().all(|wanted| !self.same_attribute(attribute, wanted));
            if gone && ours(name, attribute.namespace) {
                out.remove_attribute(number, name, attribute.namespace);
            }
        }
        for (position, wanted) in after.iter().enumerate() {
            let (name, value) = (self.new.name(wanted.name), self.new.value(wanted));
            let same = self
                .find(before, position, wanted)
                .is_some_and(|present| self.old.value(present) == value);
            let unsure = wanted.namespace == Namespace::Html && forgotten.contains(name);
            if (!same || unsure) && ours(name, wanted.namespace) {
                out.set_attribute(number, name, value, wanted.namespace);
            }
        }
    }
}
