//! Which entities a condition looks at, whatever it comes to.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::condition::{Condition, Kind};
use crate::error::Result;
use crate::evaluate::neighbours;
use crate::graph::{AutomationGraph, Entity};
use crate::key::Key;

/// What the evaluation of an entity may look at.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Places of entities, its own included.
    pub(super) places: Vec<usize>,
    /// Cron schedules with their time zones.
    pub(super) crons: Vec<(String, String)>,
    /// Whether single updates are counted.
    pub(super) reads_updates: bool,
    /// Whether this is all: legacy rules look at everything above.
    pub(super) is_complete: bool,
}

impl Reach {
    pub(super) fn of(graph: &AutomationGraph, entity: &Entity) -> Result<Self> {
        let mut walk = Walk {
            graph,
            keys: BTreeSet::new(),
            reach: Self { is_complete: true, ..Self::default() },
        };
        walk.add(&entity.key);
        if let Some(condition) = &entity.condition {
            walk.visit(condition, &entity.key, &mut Vec::new())?;
        }
        walk.reach.places = walk.keys.into_iter().collect();
        walk.reach.places.shrink_to_fit();
        Ok(walk.reach)
    }
}

struct Walk<'a> {
    graph: &'a AutomationGraph,
    keys: BTreeSet<usize>,
    reach: Reach,
}

impl Walk<'_> {
    fn add(&mut self, key: &Key) {
        match self.graph.place(key) {
            Some(place) => {
                self.keys.insert(place);
            }
            None => self.reach.is_complete = false,
        }
        // How a check stands depends on its asset.
        if let Key::Check(check) = key
            && let Some(place) = self.graph.place(&Key::Asset(check.asset_key.clone()))
        {
            self.keys.insert(place);
        }
    }

    fn visit(
        &mut self,
        node: &Arc<Condition>,
        key: &Key,
        above: &mut Vec<Arc<Condition>>,
    ) -> Result<()> {
        self.add(key);
        match &node.kind {
            Kind::Rule(_) | Kind::Hardcoded(_) | Kind::Unknown(_) => self.reach.is_complete = false,
            Kind::NewUpdatesHaveRunTags(..) => self.reach.reads_updates = true,
            Kind::CronTickPassed { schedule, timezone } => {
                self.reach.crons.push((schedule.clone(), timezone.clone()));
            }
            _ => {}
        }
        above.push(Arc::clone(node));
        for (child, key) in neighbours::looked_at(self.graph, node, key, above)? {
            self.visit(&child, &key, above)?;
        }
        above.pop();
        Ok(())
    }
}
