//! Partition definitions, subsets and mappings.
