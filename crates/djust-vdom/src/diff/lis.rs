//! The longest increasing subsequence: the nodes that need not move.

/// Returns for each position whether it belongs to one longest increasing subsequence.
///
/// Runs in O(n log n).
pub fn longest_increasing(sequence: &[u32]) -> Vec<bool> {
    // `tails[k]` is where the best subsequence of k + 1 items ends.
    let mut tails: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = vec![usize::MAX; sequence.len()];
    for (position, value) in sequence.iter().enumerate() {
        let length = tails.partition_point(|&tail| sequence[tail] < *value);
        if length > 0 {
            previous[position] = tails[length - 1];
        }
        if length == tails.len() {
            tails.push(position);
        } else {
            tails[length] = position;
        }
    }
    let mut stays = vec![false; sequence.len()];
    let mut position = tails.last().copied();
    while let Some(current) = position {
        stays[current] = true;
        position = Some(previous[current]).filter(|&before| before != usize::MAX);
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::longest_increasing;

    fn stay(sequence: &[u32]) -> usize {
        let stays = longest_increasing(sequence);
        let kept: Vec<u32> = sequence
            .iter()
            .zip(&stays)
            .filter(|(_, stays)| **stays)
            .map(|(value, _)| *value)
            .collect();
        assert!(kept.is_sorted());
        kept.len()
    }

    #[test]
    fn one_move_leaves_the_others_where_they_are() {
        assert_eq!(stay(&[4, 0, 1, 2, 3]), 4);
        assert_eq!(stay(&[1, 2, 3, 4, 0]), 4);
    }

    #[test]
    fn a_swap_moves_two_at_most() {
        assert_eq!(stay(&[0, 4, 2, 3, 1, 5]), 4);
    }

    #[test]
    fn a_reversal_keeps_one() {
        assert_eq!(stay(&[5, 4, 3, 2, 1]), 1);
        assert_eq!(stay(&[]), 0);
    }
}
