//! Which keys a stored set of partitions has.

use rondel_model::partition::{PartitionsSubset, SubsetValue};
use rondel_partitions::{TimeWindow, TimeWindowPartitions};

/// The keys; none that the stored form cannot tell without its definition.
pub(crate) fn subset_keys(subset: &PartitionsSubset) -> Vec<String> {
    match subset {
        PartitionsSubset::Keys(keys) => keys.subset.iter().cloned().collect(),
        PartitionsSubset::TimeWindow(windows) => {
            let Ok(definition) = TimeWindowPartitions::from_definition(&windows.partitions_def)
            else {
                return Vec::new();
            };
            let included = windows.included_time_windows.iter().map(TimeWindow::from_persisted);
            included
                .flat_map(|window| definition.keys_in_window(window).unwrap_or_default())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// How many partitions the set has.
pub(crate) fn subset_size(subset: &PartitionsSubset) -> usize {
    match subset {
        PartitionsSubset::TimeWindow(windows) => {
            let counted = windows.num_partitions.and_then(|count| usize::try_from(count).ok());
            counted.unwrap_or_else(|| {
                let Ok(definition) = TimeWindowPartitions::from_definition(&windows.partitions_def)
                else {
                    return 0;
                };
                let included = windows.included_time_windows.iter().map(TimeWindow::from_persisted);
                let counts = included.map(|it| definition.count_in_window(it).unwrap_or_default());
                usize::try_from(counts.sum::<u64>()).unwrap_or(usize::MAX)
            })
        }
        other => subset_keys(other).len(),
    }
}

/// The size of a part of an entity: of an entity without partitions one or none.
pub(crate) fn part_size(part: &SubsetValue) -> usize {
    match part {
        SubsetValue::Whole(included) => usize::from(*included),
        SubsetValue::Partitions(subset) => subset_size(subset),
    }
}
