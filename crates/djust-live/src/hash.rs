//! A keyed 64-bit hash of short texts.
//!
//! It multiplies 64 by 64 bits and folds the halves, as wyhash and rapidhash do. Whoever does not
//! know the key cannot make two texts collide, and a collision would only hide a change.

/// The key of all hashes of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hasher {
    seed: u64,
    key: u64,
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Up to eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(word)
}

impl Hasher {
    pub(crate) fn new(secret: u64) -> Self {
        let seed = fold(secret ^ 0x9e37_79b9_7f4a_7c15, 0xe703_7ed1_a0b4_28db);
        let key = fold(seed ^ 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3) | 1;
        Self { seed, key }
    }

    /// The hash of a text.
    #[inline]
    pub(crate) fn text(&self, bytes: &[u8]) -> u64 {
        let mut hash = self.seed ^ (bytes.len() as u64).wrapping_mul(self.key);
        let mut pairs = bytes.chunks_exact(16);
        for pair in &mut pairs {
            let (low, high) = pair.split_at(8);
            hash = fold(word(low) ^ self.key, word(high) ^ hash);
        }
        let rest = pairs.remainder();
        if rest.len() > 8 {
            let (low, high) = rest.split_at(8);
            hash = fold(word(low) ^ self.key, word(high) ^ hash);
        } else if !rest.is_empty() {
            hash = fold(word(rest) ^ self.key, hash ^ self.seed);
        }
        fold(hash ^ self.seed, self.key)
    }

    /// A hash and one more number.
    #[inline]
    pub(crate) fn join(&self, hash: u64, number: u64) -> u64 {
        fold(hash ^ self.key, number ^ self.seed).rotate_left(17) ^ hash
    }
}

#[cfg(test)]
mod tests {
    use super::Hasher;
    use std::collections::HashSet;

    #[test]
    fn texts_that_differ_in_one_byte_or_in_length_differ() {
        let hasher = Hasher::new(7);
        let mut seen = HashSet::new();
        for len in 0..70 {
            for at in 0..=len {
                let mut text = vec![b'a'; len];
                if let Some(byte) = text.get_mut(at) {
                    *byte = b'b';
                }
                seen.insert(hasher.text(&text));
            }
        }
        assert_eq!(seen.len(), (0..70).map(|len| len + 1).sum::<usize>());
    }
}
