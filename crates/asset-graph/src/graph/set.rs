//! A set of graph positions.

/// A subset of one graph's nodes, by position; two sets can be combined only when they belong to the same graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet {
    members: Vec<bool>,
}

impl NodeSet {
    pub(super) fn empty(node_count: usize) -> Self {
        Self { members: vec![false; node_count] }
    }

    /// Whether the node is a member.
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        self.members.get(index).copied().unwrap_or(false)
    }

    /// Makes the node a member; positions outside the graph are ignored.
    pub fn insert(&mut self, index: usize) {
        if let Some(member) = self.members.get_mut(index) {
            *member = true;
        }
    }

    /// The members in ascending position.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.members.iter().enumerate().filter(|(_, member)| **member).map(|(index, _)| index)
    }

    /// Number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.members.contains(&true)
    }

    /// Adds the members of `other`.
    pub fn unite(&mut self, other: &Self) {
        for (member, more) in self.members.iter_mut().zip(&other.members) {
            *member |= more;
        }
    }

    /// Keeps only what is in `other` too.
    pub fn intersect(&mut self, other: &Self) {
        for (member, also) in self.members.iter_mut().zip(&other.members) {
            *member &= also;
        }
    }

    /// Removes the members of `other`.
    pub fn subtract(&mut self, other: &Self) {
        for (member, gone) in self.members.iter_mut().zip(&other.members) {
            *member &= !gone;
        }
    }

    /// Keeps only the members for which `keep` holds.
    pub fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        for (index, member) in self.members.iter_mut().enumerate() {
            *member = *member && keep(index);
        }
    }
}
