//! A drawing of the asset graph, computed on the server.
//!
//! An addition of Rondel to Dagster's schema: no layout engine in a browser stays interactive with
//! thousands of assets. Positions are finished; the client only paints them.

use std::collections::HashMap;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use rondel_asset_graph::{
    Missing, Selection, Sources,
    layout::{self, Options, Point as LayoutPoint, Rect, Size},
};

use crate::{common::AssetKey, context::ContextExt, errors::ResolverError};

/// Size of a node's box when the client does not say.
const NODE_SIZE: (f64, f64) = (220.0, 84.0);

/// Where the edges of a drawing run to.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetGraphLayoutDirection {
    LeftToRight,
    TopToBottom,
}

/// What the boxes around nodes stand for.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetGraphLayoutGrouping {
    /// Asset groups, apart by code location and repository.
    Group,
    CodeLocation,
}

#[derive(SimpleObject)]
pub(crate) struct AssetGraphLayoutPoint {
    x: f64,
    y: f64,
}

/// A node's box; its top left corner and extent.
#[derive(SimpleObject)]
pub(crate) struct AssetGraphLayoutNode {
    asset_key: AssetKey,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// An edge's path, from the upstream asset's box to the downstream asset's. The numbers are
/// positions in the list of nodes.
#[derive(SimpleObject)]
pub(crate) struct AssetGraphLayoutEdge {
    from: usize,
    to: usize,
    points: Vec<AssetGraphLayoutPoint>,
}

/// A group's box.
#[derive(SimpleObject)]
pub(crate) struct AssetGraphLayoutGroup {
    name: String,
    repository_location_name: String,
    /// Absent when boxes stand for code locations.
    repository_name: Option<String>,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(SimpleObject)]
pub(crate) struct AssetGraphLayout {
    width: f64,
    height: f64,
    nodes: Vec<AssetGraphLayoutNode>,
    edges: Vec<AssetGraphLayoutEdge>,
    groups: Vec<AssetGraphLayoutGroup>,
}

#[derive(Default)]
pub(crate) struct AssetLayoutQuery;

/// What a selection's text means; none is everything.
fn parse(text: Option<&str>) -> std::result::Result<Selection, ResolverError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).unwrap_or("*");
    Selection::parse(text, Sources::Include).map_err(|error| {
        ResolverError::raised(
            "dagster._core.definitions.antlr_asset_selection.DagsterAssetSelectionParseError",
            error.to_string(),
        )
    })
}

#[Object]
impl AssetLayoutQuery {
    /// A drawing of the assets that a selection names (an addition to Dagster's schema). The
    /// selection is in Dagster's asset selection language; without one all assets are drawn.
    #[allow(clippy::too_many_arguments)]
    async fn asset_graph_layout(
        &self,
        ctx: &Context<'_>,
        selection: Option<String>,
        group_by: Option<AssetGraphLayoutGrouping>,
        direction: Option<AssetGraphLayoutDirection>,
        node_width: Option<f64>,
        node_height: Option<f64>,
    ) -> Result<AssetGraphLayout> {
        let selection = parse(selection.as_deref())?;
        let size = Size {
            width: node_width.unwrap_or(NODE_SIZE.0).max(1.0),
            height: node_height.unwrap_or(NODE_SIZE.1).max(1.0),
        };
        let direction = match direction {
            Some(AssetGraphLayoutDirection::TopToBottom) => layout::Direction::TopToBottom,
            Some(AssetGraphLayoutDirection::LeftToRight) | None => layout::Direction::LeftToRight,
        };
        let workspace = std::sync::Arc::clone(ctx.prepared());
        // A large drawing takes a while; the threads that answer others stay free.
        let draw = move || draw(&workspace, &selection, group_by, direction, size);
        let drawn = tokio::task::spawn_blocking(draw).await;
        Ok(drawn.map_err(|error| ResolverError::raised("Exception", error.to_string()))??)
    }

    /// The keys of the assets that a selection names, sorted (an addition to Dagster's schema).
    async fn asset_keys_by_selection(
        &self,
        ctx: &Context<'_>,
        selection: String,
    ) -> Result<Vec<AssetKey>> {
        let graph = ctx.prepared().asset_graph();
        let selected = parse(Some(&selection))?.resolve_set(graph, Missing::Skip);
        let selected = selected.map_err(ResolverError::from)?;
        let mut keys: Vec<_> = selected.iter().map(|index| &graph.node(index).key).collect();
        keys.sort_by_cached_key(|key| key.to_db_string());
        Ok(keys.into_iter().map(AssetKey::from).collect())
    }
}

fn draw(
    workspace: &crate::workspace::PreparedWorkspace,
    selection: &Selection,
    group_by: Option<AssetGraphLayoutGrouping>,
    direction: layout::Direction,
    size: Size,
) -> std::result::Result<AssetGraphLayout, ResolverError> {
    let graph = workspace.asset_graph();
    let shown: Vec<usize> = selection.resolve_set(graph, Missing::Skip)?.iter().collect();
    let place: HashMap<usize, usize> =
        shown.iter().enumerate().map(|(place, index)| (*index, place)).collect();
    let mut edges = Vec::new();
    for (to, index) in shown.iter().enumerate() {
        for parent in graph.node(*index).parents() {
            let from = graph.index_of(parent).and_then(|parent| place.get(&parent));
            edges.extend(from.map(|from| (*from, to)));
        }
    }
    let sizes = vec![size; shown.len()];
    let options = Options { direction, ..Options::default() };
    let mut groups: indexmap::IndexMap<(String, Option<String>, String), ()> =
        indexmap::IndexMap::new();
    let drawing = match group_by {
        None => layout::layout(&sizes, &edges, &options),
        Some(grouping) => {
            let group_of = shown.iter().map(|index| {
                let node = graph.node(*index);
                let home = node.repository();
                let location = home.location_name.clone();
                let group = match grouping {
                    AssetGraphLayoutGrouping::CodeLocation => (location.clone(), None, location),
                    AssetGraphLayoutGrouping::Group => {
                        let repository = Some(home.repository_name.clone());
                        (location, repository, node.group_name().to_owned())
                    }
                };
                groups.insert_full(group, ()).0
            });
            let group_of: Vec<usize> = group_of.collect();
            layout::layout_grouped(&sizes, &edges, &group_of, &options)
        }
    };
    let point = |point: &LayoutPoint| AssetGraphLayoutPoint { x: point.x, y: point.y };
    let node = |(index, rect): (&usize, &Rect)| AssetGraphLayoutNode {
        asset_key: (&graph.node(*index).key).into(),
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    };
    let group = |((location, repository, name), rect): (_, &Rect)| AssetGraphLayoutGroup {
        name,
        repository_location_name: location,
        repository_name: repository,
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    };
    Ok(AssetGraphLayout {
        width: drawing.width,
        height: drawing.height,
        nodes: shown.iter().zip(&drawing.nodes).map(node).collect(),
        edges: drawing
            .edges
            .iter()
            .map(|edge| AssetGraphLayoutEdge {
                from: edge.from,
                to: edge.to,
                points: edge.points.iter().map(point).collect(),
            })
            .collect(),
        groups: groups.into_keys().zip(&drawing.groups).map(group).collect(),
    })
}
