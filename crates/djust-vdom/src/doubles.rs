//! Keys that more than one element has among its siblings: the differ then matches in order.

use std::collections::HashSet;

use crate::attributes::{Key, Names};
use crate::tree::{NameId, NodeKind, Tree};

/// At most so many are told.
const MAX_DOUBLES: usize = 16;

/// A key that more than one element has among its siblings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// The name of the elements.
    pub name: String,
    /// The name of the element around them; empty at the top of a fragment.
    pub parent: String,
    /// The value of `dj-key` or `id`.
    pub key: String,
}

impl Tree {
    /// Returns doubled keys, one of a parent, and not more than a few.
    pub fn doubles(&self) -> Vec<Double> {
        let names = Names::of(self);
        let mut found = Vec::new();
        if !names.has_keys() {
            return found;
        }
        let mut parents = self.likely_parents(&names);
        parents.dedup();
        for parent in parents {
            if found.len() == MAX_DOUBLES {
                break;
            }
            found.extend(self.double_in(parent, &names));
        }
        found
    }

    /// The elements with two children whose keys have the same checksum, in one pass.
    fn likely_parents(&self, names: &Names) -> Vec<usize> {
        let mut keyed = Vec::new();
        let mut open = Vec::new();
        let mut index = self.root;
        let end = self.nodes[self.root].end as usize;
        while index < end {
            let node = &self.nodes[index];
            let after = node.end as usize;
            while open.last().is_some_and(|&(_, end)| end <= index) {
                open.pop();
            }
            if let (Some(&(parent, _)), Some(key)) = (open.last(), names.key(self, index)) {
                keyed.push((parent, checksum(key.value)));
            }
            if self.is_opaque(index) {
                index = after;
                continue;
            }
            index += 1;
            if after > index {
                open.push((index - 1, after));
            }
        }
        keyed.sort_unstable();
        let same = |pair: &[(usize, u64)]| match pair {
            [one, other] if one == other => Some(one.0),
            _ => None,
        };
        keyed.windows(2).filter_map(same).collect()
    }

    fn double_in(&self, parent: usize, names: &Names) -> Option<Double> {
        let mut seen: HashSet<(NameId, Key<'_>)> = HashSet::new();
        for child in self.children(parent) {
            if self.nodes[child].kind != NodeKind::Element {
                continue;
            }
            let Some(key) = names.key(self, child) else { continue };
            let name = self.nodes[child].name;
            if !seen.insert((name, key)) {
                let name = self.name(name).to_owned();
                let parent = match self.nodes[parent].kind {
                    NodeKind::Element => self.name(self.nodes[parent].name).to_owned(),
                    _ => String::new(),
                };
                return Some(Double { name, parent, key: key.value.to_owned() });
            }
        }
        None
    }
}

/// FNV-1a.
fn checksum(text: &str) -> u64 {
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use crate::Tree;

    fn doubles(html: &str) -> Vec<String> {
        let tree = Tree::parse(html).expect("it parses");
        let told =
            |double: super::Double| format!("{}>{} {}", double.parent, double.name, double.key);
        tree.doubles().into_iter().map(told).collect()
    }

    #[test]
    fn siblings_of_one_name_with_one_key_are_told_once_a_parent() {
        let html = "<ul><li dj-key=a><li dj-key=b><li dj-key=a><li dj-key=a></ul><p id=x><p id=x>";
        assert_eq!(doubles(html), [">p x", "ul>li a"]);
    }

    #[test]
    fn others_with_the_same_value_are_not_told() {
        let html = "<ul><li dj-key=a id=x><li dj-key=b id=x></ul><ol><li dj-key=a></ol>\
            <div dj-ignore><p id=z></p><p id=z></p></div><i id=q></i><b id=q></b>";
        assert_eq!(doubles(html), [""; 0]);
    }
}
