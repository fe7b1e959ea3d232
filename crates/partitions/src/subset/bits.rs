//! Sets of small numbers as bitmaps.

/// A set of positions; the last word is never zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The positions below a number.
    pub(super) fn below(end: usize) -> Self {
        let mut words = vec![u64::MAX; end / 64];
        if !end.is_multiple_of(64) {
            words.push((1 << (end % 64)) - 1);
        }
        Self { words }
    }

    pub(super) fn insert(&mut self, at: usize) {
        if self.words.len() <= at / 64 {
            self.words.resize(at / 64 + 1, 0);
        }
        self.words[at / 64] |= 1 << (at % 64);
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(super) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The positions, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let at = (rest != 0).then(|| place * 64 + rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at)
            })
        })
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        let (long, short) =
            if self.words.len() < other.words.len() { (other, self) } else { (self, other) };
        let mut words = long.words.clone();
        words.iter_mut().zip(&short.words).for_each(|(a, b)| *a |= b);
        Self { words }
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        Self::trimmed(self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect())
    }

    pub(super) fn difference(&self, other: &Self) -> Self {
        let gone = other.words.iter().copied().chain(std::iter::repeat(0));
        Self::trimmed(self.words.iter().zip(gone).map(|(a, b)| a & !b).collect())
    }

    fn trimmed(mut words: Vec<u64>) -> Self {
        let used = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        words.truncate(used);
        Self { words }
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn bits(of: &BTreeSet<usize>) -> Bits {
        let mut bits = Bits::default();
        of.iter().for_each(|at| bits.insert(*at));
        bits
    }

    fn some() -> impl Strategy<Value = BTreeSet<usize>> {
        proptest::collection::btree_set(0..300_usize, 0..40)
    }

    proptest! {
        #[test]
        fn bitmaps_are_sets(a in some(), b in some()) {
            let (x, y) = (bits(&a), bits(&b));
            prop_assert_eq!(&x.iter().collect::<BTreeSet<_>>(), &a);
            prop_assert_eq!(x.len(), a.len());
            prop_assert_eq!(x.is_empty(), a.is_empty());
            prop_assert_eq!(x.union(&y), bits(&a.union(&b).copied().collect()));
            prop_assert_eq!(x.intersection(&y), bits(&a.intersection(&b).copied().collect()));
            prop_assert_eq!(x.difference(&y), bits(&a.difference(&b).copied().collect()));
            prop_assert!(b.iter().all(|at| y.contains(*at)));
        }

        #[test]
        fn all_below_a_number_are_counted(end in 0..300_usize) {
            prop_assert_eq!(Bits::below(end), bits(&(0..end).collect()));
        }
    }
}
