//! Which children of now are which of before: by key, by content, by neighbour.

use std::collections::{BTreeMap, HashMap};

use crate::scan::{Kind, Seen};
use crate::state::Entry;

/// "Has no partner."
pub(crate) const NONE: u32 = u32::MAX;

impl Entry {
    pub(crate) fn identity(&self) -> u64 {
        match self {
            Self::Text(_) => crate::scan::TEXT,
            Self::Comment(_) => crate::scan::COMMENT,
            Self::Unit(unit) => unit.identity,
            Self::Island(island) => island.identity,
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        match self {
            Self::Text(leaf) | Self::Comment(leaf) => leaf.hash,
            Self::Unit(unit) => unit.hash,
            Self::Island(island) => island.hash,
        }
    }

    pub(crate) fn number(&self) -> u32 {
        match self {
            Self::Text(leaf) | Self::Comment(leaf) => leaf.number,
            Self::Unit(unit) => unit.number,
            Self::Island(island) => island.piece.number(),
        }
    }

    pub(crate) fn is_element(&self) -> bool {
        matches!(self, Self::Unit(_) | Self::Island(_))
    }
}

/// Can nothing else in the flow be the same?
pub(crate) fn is_keyed(identity: u64) -> bool {
    identity & 1 == 1
}

/// Are they surely the same child? `in_place` tells that nothing came or went.
pub(crate) fn same(old: &Entry, new: &Seen, in_place: bool) -> bool {
    old.identity() == new.identity && (in_place || is_keyed(new.identity) || old.hash() == new.hash)
}

/// Which rows of before the rows are that were not printed.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// For each new child its place among the old ones, or [`NONE`]; empty if all were printed.
    of_new: Vec<u32>,
    /// For each old child whether it is claimed.
    of_old: Vec<bool>,
}

impl Claims {
    /// Finds the rows by their number; `body_of` tells the body that an old child is a row of.
    pub(crate) fn of(
        old: &[Entry],
        new: &[Seen],
        body_of: impl Fn(u32) -> Option<u32>,
    ) -> Option<Self> {
        if new.iter().all(|seen| seen.row.is_none()) {
            return Some(Self::default());
        }
        let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (at, entry) in (0..).zip(old) {
            if let Entry::Unit(unit) = entry
                && let Some(body) = body_of(unit.shape)
            {
                rows.entry(body).or_default().push(at);
            }
        }
        let mut claims = Self { of_new: vec![NONE; new.len()], of_old: vec![false; old.len()] };
        for (seen, claim) in new.iter().zip(&mut claims.of_new) {
            let (Some(row), Kind::Unit(shape)) = (seen.row, seen.kind) else { continue };
            let at = *rows.get(&body_of(shape)?)?.get(row as usize)?;
            *claim = at;
            *claims.of_old.get_mut(at as usize)? = true;
        }
        Some(claims)
    }

    /// Can these two be the same, as far as claims go?
    pub(crate) fn allow(&self, old: usize, new: usize) -> bool {
        match self.of_new.get(new) {
            None => true,
            Some(&NONE) => self.of_old.get(old) != Some(&true),
            Some(claim) => *claim as usize == old,
        }
    }

    /// Does each row that was not printed stand where it stood?
    pub(crate) fn are_in_place(&self) -> bool {
        (0..).zip(&self.of_new).all(|(at, claim)| *claim == NONE || *claim == at)
    }
}

/// For each of `new`, its partner in `old` or [`NONE`]; both begin at child number `start`.
///
/// Linear, but for the look-ups.
pub(crate) fn partners(old: &[Entry], new: &[Seen], claims: &Claims, start: usize) -> Vec<u32> {
    let mut partner = vec![NONE; new.len()];
    let mut taken = vec![false; old.len()];
    let claimed = claims.of_new.iter().skip(start).zip(&mut partner);
    for (claim, partner) in claimed.filter(|(claim, _)| **claim != NONE) {
        *partner = *claim - start as u32;
        if let Some(taken) = taken.get_mut(*partner as usize) {
            *taken = true;
        }
    }
    match_elements(old, new, &mut partner, &mut taken);
    match_neighbours(old, new, &mut partner, &mut taken);
    match_gaps(old, new, &mut partner, &mut taken);
    partner
}

/// Elements with the same key, and elements without one with the same content.
fn match_elements(old: &[Entry], new: &[Seen], partner: &mut [u32], taken: &mut [bool]) {
    let mut known: HashMap<(u64, u64), Vec<u32>> = HashMap::new();
    let name = |identity, hash| (identity, if is_keyed(identity) { 0 } else { hash });
    for (at, entry) in old.iter().enumerate().rev() {
        if entry.is_element() && taken.get(at) == Some(&false) {
            known.entry(name(entry.identity(), entry.hash())).or_default().push(at as u32);
        }
    }
    for (seen, partner) in new.iter().zip(partner) {
        if matches!(seen.kind, Kind::Text | Kind::Comment) || *partner != NONE {
            continue;
        }
        let found = known.get_mut(&name(seen.identity, seen.hash)).and_then(Vec::pop);
        if let Some(at) = found {
            *partner = at;
            if let Some(taken) = taken.get_mut(at as usize) {
                *taken = true;
            }
        }
    }
}

fn join(
    old: &[Entry],
    new: &[Seen],
    partner: &mut [u32],
    taken: &mut [bool],
    (at, from): (usize, Option<usize>),
) -> bool {
    let (Some(from), Some(seen)) = (from, new.get(at)) else { return false };
    let (Some(entry), Some(taken)) = (old.get(from), taken.get_mut(from)) else { return false };
    if *taken || entry.identity() != seen.identity {
        return false;
    }
    *taken = true;
    if let Some(partner) = partner.get_mut(at) {
        *partner = from as u32;
    }
    true
}

fn partner_of(partner: &[u32], at: usize) -> Option<usize> {
    partner.get(at).filter(|&&found| found != NONE).map(|&found| found as usize)
}

/// Text stays behind the element that it stood behind, or else before the one it stood before.
fn match_neighbours(old: &[Entry], new: &[Seen], partner: &mut [u32], taken: &mut [bool]) {
    let is_free = |partner: &[u32], at: usize| partner.get(at) == Some(&NONE);
    for at in 0..new.len() {
        if is_free(partner, at) {
            let from = match at.checked_sub(1) {
                None => Some(0),
                Some(before) => partner_of(partner, before).map(|found| found + 1),
            };
            join(old, new, partner, taken, (at, from));
        }
    }
    for at in (0..new.len()).rev() {
        if is_free(partner, at) {
            let from = if at + 1 == new.len() {
                old.len().checked_sub(1)
            } else {
                partner_of(partner, at + 1).and_then(|found| found.checked_sub(1))
            };
            join(old, new, partner, taken, (at, from));
        }
    }
}

/// What is left, in order: elements without a key whose content changed.
fn match_gaps(old: &[Entry], new: &[Seen], partner: &mut [u32], taken: &mut [bool]) {
    let mut from = 0;
    for at in 0..new.len() {
        match partner_of(partner, at) {
            Some(found) => from = found + 1,
            None => {
                let keyed = new.get(at).is_some_and(|seen| is_keyed(seen.identity));
                if !keyed && join(old, new, partner, taken, (at, Some(from))) {
                    from += 1;
                }
            }
        }
    }
}
