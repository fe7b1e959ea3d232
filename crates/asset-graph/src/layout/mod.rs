//! Layered drawing of a directed graph (Sugiyama's method), computed on the server.
//!
//! No layout engine that runs in a browser stays interactive at 5,000 assets, so the UI asks for finished
//! coordinates. The work is split as in the literature: rank every node (`rank`), order the nodes inside each rank
//! so that few edges cross (`order`), then place them (`place`). Connected components are laid out on
//! their own and packed; with groups, each group is laid out as a small graph and then stands as one box in a graph
//! of groups.
//!
//! Invariants: the result depends only on the input (no randomness); nodes of one drawing never overlap;
//! every input edge yields exactly one path, self edges excepted. Cycles are drawn by turning back edges around.

mod order;
mod place;
mod rank;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;

/// Width and height of a node, in the drawing's unit (pixels in the UI).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Extent along x.
    pub width: f64,
    /// Extent along y.
    pub height: f64,
}

/// A point of the drawing; the origin is the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f64,
    /// Distance from the top edge.
    pub y: f64,
}

/// An axis-parallel rectangle given by its top left corner and its extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Extent along x.
    pub width: f64,
    /// Extent along y.
    pub height: f64,
}

/// Where the edges run to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Upstream assets on the left.
    #[default]
    LeftToRight,
    /// Upstream assets on top.
    TopToBottom,
}

/// Distances and direction of a drawing.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where the edges run to.
    pub direction: Direction,
    /// Free space between two ranks.
    pub rank_gap: f64,
    /// Free space between two nodes of one rank.
    pub node_gap: f64,
    /// Free space between two components.
    pub component_gap: f64,
    /// Free space between a group's border and its nodes, on every side; the header comes on top of it.
    pub group_padding: f64,
    /// Height kept free at the top of a group for its name.
    pub group_header: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            direction: Direction::default(),
            rank_gap: 60.0,
            node_gap: 24.0,
            component_gap: 48.0,
            group_padding: 24.0,
            group_header: 48.0,
        }
    }
}

/// The path of one edge.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgePath {
    /// Index of the upstream node.
    pub from: usize,
    /// Index of the downstream node.
    pub to: usize,
    /// At least two points, from the upstream node's border to the downstream node's border.
    pub points: Vec<Point>,
}

/// A finished drawing.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Extent of the whole drawing along x.
    pub width: f64,
    /// Extent of the whole drawing along y.
    pub height: f64,
    /// Where each node stands, by node index.
    pub nodes: Vec<Rect>,
    /// The edges' paths, in the order given, without self edges and repetitions.
    pub edges: Vec<EdgePath>,
    /// The groups' boxes, by group index; empty when no groups were given.
    pub groups: Vec<Rect>,
}

/// Lays out a graph given by its nodes' sizes and its edges (pairs of indices, upstream first). Edges that name a
/// node outside `sizes` are ignored.
#[must_use]
pub fn layout(sizes: &[Size], edges: &[(usize, usize)], options: &Options) -> Layout {
    let edges = tidy(sizes.len(), edges);
    let mut drawing = match options.direction {
        Direction::TopToBottom => layout_down(sizes, &edges, options),
        Direction::LeftToRight => {
            let turned: Vec<Size> =
                sizes.iter().map(|s| Size { width: s.height, height: s.width }).collect();
            let mut drawing = layout_down(&turned, &edges, options);
            transpose(&mut drawing);
            drawing
        }
    };
    drawing.groups = Vec::new();
    drawing
}

/// Like [`layout`], with every node in exactly one group (`group_of[node]`, groups numbered from zero). Each group
/// becomes a box of its own; the boxes are laid out by the edges between their members.
#[must_use]
pub fn layout_grouped(
    sizes: &[Size],
    edges: &[(usize, usize)],
    group_of: &[usize],
    options: &Options,
) -> Layout {
    let edges = tidy(sizes.len(), edges);
    let group_count = group_of.iter().max().map_or(0, |last| last + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); group_count];
    let mut local = vec![0; sizes.len()];
    for (node, &group) in group_of.iter().enumerate().take(sizes.len()) {
        local[node] = members[group].len();
        members[group].push(node);
    }
    let mut inner_edges: Vec<Vec<(usize, usize)>> = vec![Vec::new(); group_count];
    let mut outer_edges: IndexMap<(usize, usize), ()> = IndexMap::new();
    for &(from, to) in &edges {
        let (a, b) = (group_of[from], group_of[to]);
        if a == b {
            inner_edges[a].push((local[from], local[to]));
        } else {
            outer_edges.insert((a, b), ());
        }
    }
    let drawings: Vec<Layout> = members
        .iter()
        .zip(&inner_edges)
        .map(|(nodes, edges)| {
            let sizes: Vec<Size> = nodes.iter().map(|&node| sizes[node]).collect();
            layout(&sizes, edges, options)
        })
        .collect();
    let boxes: Vec<Size> = drawings
        .iter()
        .map(|drawing| Size {
            width: drawing.width + 2.0 * options.group_padding,
            height: drawing.height + 2.0 * options.group_padding + options.group_header,
        })
        .collect();
    let outer_edges: Vec<(usize, usize)> = outer_edges.into_keys().collect();
    let frame = layout(&boxes, &outer_edges, options);

    let mut nodes = vec![Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }; sizes.len()];
    let mut inner_paths: IndexMap<(usize, usize), Vec<Point>> = IndexMap::new();
    for (group, drawing) in drawings.into_iter().enumerate() {
        let dx = frame.nodes[group].x + options.group_padding;
        let dy = frame.nodes[group].y + options.group_padding + options.group_header;
        for (position, rect) in drawing.nodes.into_iter().enumerate() {
            nodes[members[group][position]] = Rect { x: rect.x + dx, y: rect.y + dy, ..rect };
        }
        for path in drawing.edges {
            let points =
                path.points.into_iter().map(|p| Point { x: p.x + dx, y: p.y + dy }).collect();
            inner_paths.insert((members[group][path.from], members[group][path.to]), points);
        }
    }
    let edges = edges
        .into_iter()
        .map(|(from, to)| EdgePath {
            from,
            to,
            points: inner_paths
                .swap_remove(&(from, to))
                .unwrap_or_else(|| straight(nodes[from], nodes[to], options.direction)),
        })
        .collect();
    Layout { width: frame.width, height: frame.height, nodes, edges, groups: frame.nodes }
}

/// The edges without self edges, repetitions and unknown ends, in the order given.
fn tidy(node_count: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let known =
        edges.iter().filter(|(from, to)| from != to && *from < node_count && *to < node_count);
    let unique: IndexMap<(usize, usize), ()> = known.map(|edge| (*edge, ())).collect();
    unique.into_keys().collect()
}

/// A path from the middle of one border to the middle of the facing border.
fn straight(from: Rect, to: Rect, direction: Direction) -> Vec<Point> {
    match direction {
        Direction::TopToBottom => vec![
            Point { x: from.x + from.width / 2.0, y: from.y + from.height },
            Point { x: to.x + to.width / 2.0, y: to.y },
        ],
        Direction::LeftToRight => vec![
            Point { x: from.x + from.width, y: from.y + from.height / 2.0 },
            Point { x: to.x, y: to.y + to.height / 2.0 },
        ],
    }
}

fn transpose(drawing: &mut Layout) {
    std::mem::swap(&mut drawing.width, &mut drawing.height);
    for rect in &mut drawing.nodes {
        *rect = Rect { x: rect.y, y: rect.x, width: rect.height, height: rect.width };
    }
    for point in drawing.edges.iter_mut().flat_map(|path| &mut path.points) {
        *point = Point { x: point.y, y: point.x };
    }
}

/// The method proper, with ranks from top to bottom, over already tidied edges.
fn layout_down(sizes: &[Size], edges: &[(usize, usize)], options: &Options) -> Layout {
    let components = components(sizes.len(), edges);
    let mut local = vec![0; sizes.len()];
    let mut component_of = vec![0; sizes.len()];
    for (index, nodes) in components.iter().enumerate() {
        for (position, &node) in nodes.iter().enumerate() {
            local[node] = position;
            component_of[node] = index;
        }
    }
    let mut edges_of: Vec<Vec<(usize, usize)>> = vec![Vec::new(); components.len()];
    for &(from, to) in edges {
        edges_of[component_of[from]].push((local[from], local[to]));
    }
    let drawings: Vec<Layout> = components
        .iter()
        .zip(&edges_of)
        .map(|(nodes, edges)| {
            let sizes: Vec<Size> = nodes.iter().map(|&node| sizes[node]).collect();
            connected(&sizes, edges, options)
        })
        .collect();
    let extents: Vec<Size> = drawings
        .iter()
        .map(|drawing| Size { width: drawing.width, height: drawing.height })
        .collect();
    let packing = place::pack(&extents, options.component_gap);

    let mut nodes = vec![Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }; sizes.len()];
    let mut paths: IndexMap<(usize, usize), Vec<Point>> = IndexMap::with_capacity(edges.len());
    for (index, drawing) in drawings.into_iter().enumerate() {
        let Point { x: dx, y: dy } = packing.corners[index];
        for (position, rect) in drawing.nodes.into_iter().enumerate() {
            nodes[components[index][position]] = Rect { x: rect.x + dx, y: rect.y + dy, ..rect };
        }
        for path in drawing.edges {
            let points =
                path.points.into_iter().map(|p| Point { x: p.x + dx, y: p.y + dy }).collect();
            paths.insert((components[index][path.from], components[index][path.to]), points);
        }
    }
    let edges = edges
        .iter()
        .map(|&(from, to)| EdgePath {
            from,
            to,
            points: paths.get_mut(&(from, to)).map_or_else(
                || straight(nodes[from], nodes[to], Direction::TopToBottom),
                std::mem::take,
            ),
        })
        .collect();
    Layout { width: packing.width, height: packing.height, nodes, edges, groups: Vec::new() }
}

/// Lays out one connected component.
fn connected(sizes: &[Size], edges: &[(usize, usize)], options: &Options) -> Layout {
    if let [size] = sizes {
        let rect = Rect { x: 0.0, y: 0.0, width: size.width, height: size.height };
        return Layout {
            width: size.width,
            height: size.height,
            nodes: vec![rect],
            ..Layout::default()
        };
    }
    let ranks = rank::assign(sizes.len(), edges);
    let mut layers = order::Layers::new(sizes, edges, &ranks);
    layers.reduce_crossings();
    place::coordinates(&layers, sizes, edges, options)
}

/// Weakly connected components, each in ascending node order; the components ordered by their first node.
fn components(node_count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut sets = petgraph::unionfind::UnionFind::<usize>::new(node_count);
    for &(from, to) in edges {
        sets.union(from, to);
    }
    let mut by_root: IndexMap<usize, Vec<usize>> = IndexMap::new();
    for node in 0..node_count {
        by_root.entry(sets.find(node)).or_default().push(node);
    }
    by_root.into_values().collect()
}
