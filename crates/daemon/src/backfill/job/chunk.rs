//! Which partitions of a job backfill come next. Pure; mirrors `_get_partitions_chunk`.

use std::collections::HashSet;

use rondel_instance::backfills::Piece;
use rondel_model::ids::RunId;
use rondel_model::partition::PartitionKeyRange;

/// The id of the run of a piece.
pub(super) fn run_id(piece: &Piece, backfill_id: &str) -> RunId {
    match piece {
        Piece::Key(key) => crate::backfill::run_id(backfill_id, key),
        Piece::Range(range) => {
            crate::backfill::run_id(backfill_id, &format!("{}...{}", range.start, range.end))
        }
    }
}

/// Some of the work of a backfill.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chunk {
    pub(super) pieces: Vec<Piece>,
    /// The partition up to which the backfill has come with this chunk.
    pub(super) checkpoint: String,
    pub(super) has_more: bool,
    /// Partitions of the chunk that have their runs already.
    pub(super) skipped: usize,
}

impl Chunk {
    pub(super) fn nothing(checkpoint: Option<&str>) -> Self {
        Self {
            pieces: Vec::new(),
            checkpoint: checkpoint.unwrap_or_default().to_owned(),
            has_more: false,
            skipped: 0,
        }
    }

    /// One run per partition.
    pub(super) fn of_keys(left: &[String], done: &HashSet<String>, size: usize) -> Self {
        let keys = &left[..left.len().min(size)];
        let pieces: Vec<Piece> =
            keys.iter().filter(|key| !done.contains(*key)).cloned().map(Piece::Key).collect();
        Self {
            checkpoint: keys.last().cloned().unwrap_or_default(),
            has_more: size < left.len(),
            skipped: keys.len() - pieces.len(),
            pieces,
        }
    }

    /// One run per range.
    pub(super) fn of_ranges(
        ranges: Vec<PartitionKeyRange>,
        checkpoint: Option<&str>,
        size: usize,
    ) -> Self {
        let has_more = size < ranges.len();
        let pieces: Vec<PartitionKeyRange> = ranges.into_iter().take(size).collect();
        let checkpoint = pieces.last().map(|range| range.end.as_str()).or(checkpoint);
        Self {
            checkpoint: checkpoint.unwrap_or_default().to_owned(),
            has_more,
            skipped: 0,
            pieces: pieces.into_iter().map(Piece::Range).collect(),
        }
    }
}

/// The partitions after the checkpoint.
pub(super) fn left_of<'a>(names: &'a [String], checkpoint: Option<&str>) -> &'a [String] {
    let position = checkpoint.and_then(|name| names.iter().position(|known| known == name));
    position.map_or(names, |position| &names[position + 1..])
}

/// The range cut into ranges of at most so many partitions.
pub(super) fn subdivide(
    whole: PartitionKeyRange,
    keys: &[String],
    max_size: Option<usize>,
) -> Vec<PartitionKeyRange> {
    let Some(max_size) = max_size.filter(|max| *max > 0) else { return vec![whole] };
    let ends = keys.chunks(max_size).filter_map(|part| Some((part.first()?, part.last()?)));
    ends.map(|(first, last)| range(first, last)).collect()
}

fn range(start: &str, end: &str) -> PartitionKeyRange {
    PartitionKeyRange {
        start: start.to_owned(),
        end: end.to_owned(),
        ..PartitionKeyRange::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn done(keys: &[&str]) -> HashSet<String> {
        names(keys).into_iter().collect()
    }

    #[test]
    fn chunks_follow_one_another_and_leave_out_what_has_runs() {
        let all = names(&["a", "b", "c", "d", "e"]);
        let first = Chunk::of_keys(left_of(&all, None), &done(&["b"]), 2);
        assert_eq!(first.pieces, [Piece::Key("a".to_owned())]);
        assert_eq!((first.checkpoint.as_str(), first.has_more, first.skipped), ("b", true, 1));
        let second = Chunk::of_keys(left_of(&all, Some("b")), &done(&[]), 3);
        assert_eq!(second.pieces.len(), 3);
        assert_eq!((second.checkpoint.as_str(), second.has_more), ("e", false));
        assert!(left_of(&all, Some("e")).is_empty());
        // a partition that is gone does not hold the backfill up
        assert_eq!(left_of(&all, Some("x")).len(), 5);
    }

    #[test]
    fn ranges_are_cut_to_the_size_of_the_policy() {
        let order = names(&["a", "b", "c", "d", "e"]);
        let cut = subdivide(range("a", "c"), &order[..3], Some(2));
        assert_eq!(cut, [range("a", "b"), range("c", "c")]);
        assert_eq!(subdivide(range("a", "c"), &order[..3], None), [range("a", "c")]);
        let chunk = Chunk::of_ranges(cut, None, 1);
        assert_eq!((chunk.checkpoint.as_str(), chunk.has_more), ("b", true));
    }
}
