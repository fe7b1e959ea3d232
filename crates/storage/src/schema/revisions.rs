//! Alembic revisions of Dagster 1.13.27.

/// The revision a fresh installation is stamped with.
pub(crate) const HEAD: &str = "29b539ebc72a";

/// Whether `revision` is an ancestor of (or is) [`HEAD`].
pub(crate) fn is_known(revision: &str) -> bool {
    revision == HEAD || ANCESTORS.contains(&revision)
}

/// All ancestors of [`HEAD`], oldest first.
const ANCESTORS: [&str; 87] = [
    "567bc23fd1ac", "da7cd32b690d", "8f8dba68fd3b", "9fe9e746268c", "1ebdd7a9686f",
    "3b1e175a2be3", "c63a27054f08", "727ffe943a9f", "c39c047fa021", "5c18fd3c2957",
    "07f83cc13695", "c34498c29964", "c9159e740d7e", "224640159acf", "3e0770016702",
    "9483999bad92", "f3e43ff66603", "375e95bad550", "b32a4f3036d2", "b22f16781a7c",
    "140198fdfe65", "5ae53cd67d0c", "f5bac2c36fad", "a0234163e0e3", "942138e33bf9",
    "493871843165", "8ccbed5060b8", "4ea2b1f6f67b", "0da417ae1b81", "a914fb6ccdf9",
    "6d366a41b4be", "3e71cf573ba6", "521d4caca7ad", "ba4050312958", "3ca619834060",
    "b4e0c470acb3", "6e1f65d78b92", "3778078a3582", "72686963a802", "f0367d611631",
    "7cba9eeaaf1d", "3b529ad30626", "45fa602c43dc", "ddcc6d7244c6", "7f2b1a4ca7a5",
    "1a2d72f6b24e", "7b8304b4429d", "e784752027a6", "29a8e9d74220", "f4b6a4885876",
    "05844c702676", "f78059038d01", "42add02bf976", "f4eed4c26e2c", "17154c80d885",
    "9c5f00e80ef2", "b37316bf5584", "130b087bc274", "d538c9496c01", "8d66aa722f94",
    "54666da3db5c", "5b467f7af3f6", "16e3115a602a", "c892b3fe0a9f", "d32d1d6de793",
    "b601eb913efa", "721d858e1dda", "6860f830e40c", "5e139331e376", "a00dd8d936a1",
    "958a9495162d", "6df03f4b1efb", "16689497301f", "e62c379ac8f4", "d9092588866f",
    "701913684cb4", "d3a4c9e87af3", "5771160a95ad", "ec80dd91891a", "46b412388816",
    "284a732df317", "63d7a8ec641a", "1aca709bba64", "16e3655b4d9b", "6b7fb194ff9c",
    "7e2f3204cf8e", "f495c27d5019",
];
