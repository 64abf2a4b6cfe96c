//! Values that print HTML: safe strings, forms, tags of libraries.
//!
//! The same rules that plan a template tell whether such a text stays where it stands. If it does,
//! its elements are kept as trees and compared as such.

use std::collections::HashMap;
use std::sync::Arc;

use djust_templates::live::plan::{Item, Span};
use djust_templates::live::{Custom, Templates, plan_within};
use djust_templates::program::{BodyId, CustomId, ExprId, Node, NodeKind, Program};

use crate::hash::Hasher;
use crate::scan::COMMENT;
use crate::{Unsayable, slice};

/// Something that a value prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WildKind {
    Element,
    Comment,
}

/// A piece of such a text; what is between the pieces is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WildItem {
    pub(crate) kind: WildKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// As in `Seen`.
    pub(crate) identity: u64,
    pub(crate) hash: u64,
    /// The hash of the text since the piece before.
    gap: u64,
}

/// What such a text holds.
#[derive(Debug)]
pub(crate) struct Wild {
    /// The bytes of the text.
    len: u32,
    pub(crate) items: Box<[WildItem]>,
}

/// What values printed as HTML was found to hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct WildCache {
    by_hash: HashMap<u64, Arc<Wild>>,
    /// The same in the order of the page.
    in_order: Vec<Arc<Wild>>,
}

impl WildCache {
    pub(crate) fn get(&self, hash: u64) -> Option<&Arc<Wild>> {
        self.by_hash.get(&hash)
    }

    pub(crate) fn insert(&mut self, hash: u64, wild: &Arc<Wild>) {
        self.in_order.push(Arc::clone(wild));
        self.by_hash.insert(hash, Arc::clone(wild));
    }

    /// Of the texts here, the one that stands where the next of `found` will.
    pub(crate) fn at_place_of(&self, found: &Self) -> Option<&Arc<Wild>> {
        self.in_order.get(found.in_order.len())
    }

    /// Bytes on the heap.
    pub(crate) fn memory_bytes(&self) -> usize {
        let texts = self.by_hash.values().map(|wild| size_of::<Wild>() + size_of_val(&*wild.items));
        texts.sum::<usize>() + self.by_hash.len() * 32 + self.in_order.capacity() * 8
    }
}

/// A template that is one literal text.
struct Literal(Program);

impl Literal {
    fn new(text: &str) -> Self {
        let node = Node { kind: NodeKind::Text(text.into()), token: 0 };
        let bodies = vec![vec![node].into_boxed_slice()];
        Self(Program { bodies, root: Some(BodyId(0)), ..Program::default() })
    }
}

impl Templates for Literal {
    fn program(&self, template: u32) -> Option<&Program> {
        (template == 0).then_some(&self.0)
    }

    fn block(&self, _template: u32, _block: u32) -> Option<(u32, BodyId)> {
        None
    }

    fn include(&self, _template: u32, _name: ExprId) -> Option<u32> {
        None
    }

    fn custom(&self, _template: u32, _tag: CustomId) -> Custom {
        Custom::Prints
    }
}

/// The elements and comments in a text that stands inside the elements of `path`.
pub(crate) fn pieces(text: &str, path: &[Box<str>]) -> Result<Vec<(WildKind, Span)>, Unsayable> {
    let around: Vec<&str> = path.iter().map(|name| &**name).collect();
    let items = plan_within(&Literal::new(text), &around)
        .map_err(|_| Unsayable("a value prints HTML that does not stay in its place"))?;
    let mut found = Vec::new();
    for item in items {
        found.push(match item {
            Item::Text(_) => continue,
            Item::Element(element) => (WildKind::Element, element.span),
            Item::Comment(_, span) => (WildKind::Comment, span),
            _ => return Err(Unsayable("a value prints a doctype")),
        });
    }
    Ok(found)
}

/// A text that is being read.
pub(crate) struct WildText<'a> {
    pub(crate) text: &'a str,
    /// The elements around it.
    pub(crate) path: &'a [Box<str>],
    pub(crate) hasher: Hasher,
}

impl WildText<'_> {
    /// What the text holds. Where it is as `before`, it is not read again.
    pub(crate) fn read(&self, before: Option<&Wild>) -> Result<Wild, Unsayable> {
        let like_before = before.and_then(|before| self.read_like(before));
        let items = match like_before {
            Some(items) => items,
            None => self.read_between(0, self.text.len())?,
        };
        let len = u32::try_from(self.text.len()).map_err(|_| Unsayable("a value is too long"))?;
        Ok(Wild { len, items: items.into() })
    }

    /// The same, if the pieces at its start or its end are those of `before`.
    ///
    /// A text that stays in its place can be cut between two of its pieces: nothing is open there,
    /// so that each part is read as if it stood alone.
    fn read_like(&self, before: &Wild) -> Option<Vec<WildItem>> {
        let moved = |at: u32| {
            (at as usize + self.text.len()).checked_sub(before.len as usize).unwrap_or(usize::MAX)
        };
        let mut start = 0;
        let mut first = 0;
        for item in &before.items {
            if !self.is(item, start, item.start as usize, item.end as usize) {
                break;
            }
            start = item.end as usize;
            first += 1;
        }
        let (head, rest) = before.items.split_at(first);
        let mut end = self.text.len();
        let mut last = rest.len();
        // From the end: each piece with the text before it.
        while let Some((item, earlier)) = rest.get(..last).and_then(<[_]>::split_last) {
            let (from, to) = (moved(item.start), moved(item.end));
            let gap = earlier.last().or(head.last()).map_or(moved(0), |piece| moved(piece.end));
            if gap < start || !self.is(item, gap, from, to) {
                break;
            }
            (end, last) = (gap, last - 1);
        }
        if first == 0 && last == rest.len() {
            return None;
        }
        let tail = rest.get(last..).unwrap_or_default();
        let tail_end = tail.last().map_or(end, |item| moved(item.end));
        let mut items = head.to_vec();
        items.extend(self.read_between(start, end).ok()?);
        let mut left = items.last().map_or(0, |item| item.end as usize);
        for item in tail {
            let (from, to) = (moved(item.start), moved(item.end));
            let gap = self.hash(left, from);
            let (start, end) = (u32::try_from(from).ok()?, u32::try_from(to).ok()?);
            items.push(WildItem { start, end, gap, ..*item });
            left = to;
        }
        // Behind the tail nothing may stand but text, which is checked like the rest.
        if tail_end < self.text.len() {
            items.extend(self.read_between(tail_end, self.text.len()).ok()?);
        }
        Some(items)
    }

    /// Does this piece stand at `start..end`, and the text before it since `gap`?
    fn is(&self, item: &WildItem, gap: usize, start: usize, end: usize) -> bool {
        self.text.is_char_boundary(end.min(self.text.len()))
            && end <= self.text.len()
            && gap <= start
            && self.hash(gap, start) == item.gap
            && self.hash(start, end) == item.hash
    }

    fn hash(&self, start: usize, end: usize) -> u64 {
        self.hasher.text(self.text.as_bytes().get(start..end).unwrap_or_default())
    }

    /// The pieces of a part of the text.
    fn read_between(&self, start: usize, end: usize) -> Result<Vec<WildItem>, Unsayable> {
        let broken = Unsayable("the marks do not fit the page");
        let part = self.text.get(start..end).ok_or(broken)?;
        if part.is_empty() {
            return Ok(Vec::new());
        }
        let mut left = start;
        let mut items = Vec::new();
        for (kind, span) in pieces(part, self.path)? {
            let (from, to) = (start + span.start, start + span.end);
            let hash = self.hash(from, to);
            let identity = match kind {
                WildKind::Comment => COMMENT,
                WildKind::Element => {
                    island_identity(self.hasher, self.text.get(from..to).ok_or(broken)?)
                }
            };
            let gap = self.hash(left, from);
            let at = |at: usize| u32::try_from(at).map_err(|_| Unsayable("a value is too long"));
            items.push(WildItem { kind, start: at(from)?, end: at(to)?, identity, hash, gap });
            left = to;
        }
        Ok(items)
    }
}

/// What tells an element apart from others in its flow.
pub(crate) fn island_identity(hasher: Hasher, html: &str) -> u64 {
    let name = hasher.text(slice::name_in(html).as_bytes());
    match slice::key_in(html) {
        Some(key) => hasher.join(hasher.text(key.as_bytes()), name) | 1,
        None => hasher.join(3, name) & !1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Wild, WildText};
    use crate::hash::Hasher;

    /// A small generator of numbers that look random, the same each time.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, below: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((self.0 >> 33) as usize) % below
        }
    }

    /// Mostly what stays in its place; some that does not, or only together with others.
    const PARTS: &[&str] = &[
        "<p>one</p>",
        "<p>two</p>",
        "<p id=\"a\">three</p>",
        "text",
        "é",
        " ",
        "<!--c-->",
        "<br>",
        "<input value=\"x\">",
        "<input value=\"y\">",
        "<ul><li>1</li></ul>",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<",
        "&amp",
        ";",
        "<textarea>\n",
        "</textarea>",
    ];

    fn read(text: &str, before: Option<&Wild>) -> Option<Wild> {
        let path = ["body".into(), "form".into()];
        WildText { text, path: &path, hasher: Hasher::new(3) }.read(before).ok()
    }

    #[test]
    fn what_was_known_before_changes_nothing() {
        let mut dice = Dice(1);
        let (mut same, mut readable) = (0, 0);
        for _ in 0..20_000 {
            let tame = if dice.roll(3) == 0 { PARTS.len() } else { 11 };
            let mut parts: Vec<&str> = (0..dice.roll(8)).map(|_| PARTS[dice.roll(tame)]).collect();
            let Some(before) = read(&parts.concat(), None) else { continue };
            for _ in 0..=dice.roll(2) {
                let at = dice.roll(parts.len() + 1);
                match dice.roll(3) {
                    0 => parts.insert(at, PARTS[dice.roll(PARTS.len())]),
                    1 if at < parts.len() => drop(parts.remove(at)),
                    _ if at < parts.len() => parts[at] = PARTS[dice.roll(PARTS.len())],
                    _ => {}
                }
            }
            let text = parts.concat();
            let (fresh, reused) = (read(&text, None), read(&text, Some(&before)));
            let shown = |wild: &Option<Wild>| wild.as_ref().map(|w| (w.len, w.items.clone()));
            assert_eq!(shown(&fresh), shown(&reused), "{text:?}");
            readable += usize::from(fresh.is_some());
            let path = ["body".into(), "form".into()];
            let reader = WildText { text: &text, path: &path, hasher: Hasher::new(3) };
            same += usize::from(reader.read_like(&before).is_some());
        }
        // Both ways were taken often.
        assert!(readable > 5_000 && same > 3_000, "{readable} {same}");
    }
}
