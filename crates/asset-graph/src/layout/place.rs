//! Coordinates: rows stacked by their tallest node; inside a row each vertex goes as near to the mean of its
//! neighbours as order and distances allow (isotonic regression, exact and linear per row), alternating downward
//! and upward. Also packs the drawings of the components.

use super::{Direction, EdgePath, Layout, Options, Point, Rect, Size, order::Layers, straight};

/// Alternating passes; the picture settles after about six.
const PASSES: usize = 8;
/// Joints pull harder than nodes, so that long edges run straight.
const JOINT_WEIGHT: f64 = 4.0;
/// Width a joint takes: edges keep this distance from nodes and from each other.
const JOINT_WIDTH: f64 = 8.0;

/// Places the ordered layers of a connected component, ranks from top to bottom.
pub(super) fn coordinates(
    layers: &Layers,
    sizes: &[Size],
    edges: &[(usize, usize)],
    options: &Options,
) -> Layout {
    let center = center_of_vertices(layers, sizes, options.node_gap);
    let width_of = |vertex: usize| sizes.get(vertex).map_or(JOINT_WIDTH, |size| size.width);
    let left = layers
        .rows
        .iter()
        .flatten()
        .map(|&vertex| center[vertex] - width_of(vertex) / 2.0)
        .fold(f64::INFINITY, f64::min);
    let right = layers
        .rows
        .iter()
        .flatten()
        .map(|&vertex| center[vertex] + width_of(vertex) / 2.0)
        .fold(f64::NEG_INFINITY, f64::max);

    let mut nodes = vec![Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }; sizes.len()];
    let mut middle_of = vec![0.0; center.len()];
    let mut top = 0.0;
    for row in &layers.rows {
        let height = row
            .iter()
            .filter_map(|&vertex| sizes.get(vertex))
            .map(|size| size.height)
            .fold(0.0, f64::max);
        for &vertex in row {
            middle_of[vertex] = top + height / 2.0;
            if let Some(size) = sizes.get(vertex) {
                nodes[vertex] = Rect {
                    x: center[vertex] - size.width / 2.0 - left,
                    y: top + (height - size.height) / 2.0,
                    width: size.width,
                    height: size.height,
                };
            }
        }
        top += height + options.rank_gap;
    }
    let edges = edges
        .iter()
        .zip(&layers.joints)
        .map(|(&(from, to), joints)| {
            let mut points = straight(nodes[from], nodes[to], Direction::TopToBottom);
            let bends =
                joints.iter().map(|&joint| Point { x: center[joint] - left, y: middle_of[joint] });
            if nodes[from].y <= nodes[to].y {
                points.splice(1..1, bends);
            } else {
                points.splice(1..1, bends.rev());
            }
            EdgePath { from, to, points }
        })
        .collect();
    Layout { width: right - left, height: top - options.rank_gap, nodes, edges, groups: Vec::new() }
}

fn center_of_vertices(layers: &Layers, sizes: &[Size], gap: f64) -> Vec<f64> {
    let is_joint = |vertex: usize| vertex >= layers.node_count;
    let half = |vertex: usize| {
        if is_joint(vertex) { JOINT_WIDTH / 2.0 } else { sizes[vertex].width / 2.0 }
    };
    let distance = |a: usize, b: usize| {
        let free = if is_joint(a) && is_joint(b) { gap / 3.0 } else { gap };
        half(a) + half(b) + free
    };
    let mut center = vec![0.0; layers.above.len()];
    for row in &layers.rows {
        let mut x = 0.0;
        for (index, &vertex) in row.iter().enumerate() {
            if index > 0 {
                x += distance(row[index - 1], vertex);
            }
            center[vertex] = x;
        }
        let shift = x / 2.0;
        for &vertex in row {
            center[vertex] -= shift;
        }
    }
    let mut row_fit = RowFit::default();
    for pass in 0..PASSES {
        let downward = pass % 2 == 0;
        let row_count = layers.rows.len();
        for step in 0..row_count {
            let row = &layers.rows[if downward { step } else { row_count - 1 - step }];
            row_fit.clear();
            for (index, &vertex) in row.iter().enumerate() {
                let separation = if index == 0 { 0.0 } else { distance(row[index - 1], vertex) };
                let near = if downward { &layers.above[vertex] } else { &layers.below[vertex] };
                let far = if downward { &layers.below[vertex] } else { &layers.above[vertex] };
                let mean =
                    |of: &[usize]| of.iter().map(|&n| center[n]).sum::<f64>() / of.len() as f64;
                let (wish, weight) = match (near.is_empty(), far.is_empty()) {
                    (false, true) => (mean(near), 1.0),
                    (true, false) => (mean(far), 0.5),
                    (false, false) => (0.75 * mean(near) + 0.25 * mean(far), 1.0),
                    (true, true) => (center[vertex], 0.1),
                };
                let weight = if is_joint(vertex) { weight * JOINT_WEIGHT } else { weight };
                row_fit.push(wish, weight, separation);
            }
            for (&vertex, x) in row.iter().zip(row_fit.solve()) {
                center[vertex] = x;
            }
        }
    }
    center
}

/// Weighted least squares under minimal distances between neighbours: with the distances subtracted the
/// problem is isotonic regression, solved by pooling adjacent violators.
#[derive(Default)]
struct RowFit {
    offsets: Vec<f64>,
    blocks: Vec<Block>,
    offset: f64,
}

struct Block {
    mean: f64,
    weight: f64,
    len: usize,
}

impl RowFit {
    fn clear(&mut self) {
        self.offsets.clear();
        self.blocks.clear();
        self.offset = 0.0;
    }

    fn push(&mut self, wish: f64, weight: f64, separation: f64) {
        self.offset += separation;
        self.offsets.push(self.offset);
        let mut block = Block { mean: wish - self.offset, weight, len: 1 };
        while let Some(last) = self.blocks.last() {
            if last.mean <= block.mean {
                break;
            }
            let weight = last.weight + block.weight;
            block = Block {
                mean: (last.mean * last.weight + block.mean * block.weight) / weight,
                weight,
                len: last.len + block.len,
            };
            self.blocks.pop();
        }
        self.blocks.push(block);
    }

    fn solve(&self) -> impl Iterator<Item = f64> + '_ {
        let means = self.blocks.iter().flat_map(|block| std::iter::repeat_n(block.mean, block.len));
        means.zip(&self.offsets).map(|(mean, offset)| mean + offset)
    }
}

/// Where each component's top left corner goes.
pub(super) struct Packing {
    pub(super) corners: Vec<Point>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Packs rectangles on shelves: the largest first, shelves about as wide as the whole picture is high.
pub(super) fn pack(extents: &[Size], gap: f64) -> Packing {
    let area: f64 = extents.iter().map(|size| (size.width + gap) * (size.height + gap)).sum();
    let widest = extents.iter().map(|size| size.width).fold(0.0, f64::max);
    let shelf_width = area.sqrt().max(widest);
    let mut by_height: Vec<usize> = (0..extents.len()).collect();
    by_height.sort_by(|&a, &b| extents[b].height.total_cmp(&extents[a].height));
    let mut corners = vec![Point { x: 0.0, y: 0.0 }; extents.len()];
    let (mut x, mut y, mut shelf_height) = (0.0, 0.0, 0.0_f64);
    let (mut width, mut height) = (0.0_f64, 0.0_f64);
    for index in by_height {
        let size = extents[index];
        if x > 0.0 && x + size.width > shelf_width {
            x = 0.0;
            y += shelf_height + gap;
            shelf_height = 0.0;
        }
        corners[index] = Point { x, y };
        width = width.max(x + size.width);
        height = height.max(y + size.height);
        shelf_height = shelf_height.max(size.height);
        x += size.width + gap;
    }
    Packing { corners, width, height }
}
