//! Tests of the drawing's promises.

use proptest::prelude::*;

use super::*;

const CARD: Size = Size { width: 265.0, height: 86.0 };

fn overlap(a: Rect, b: Rect) -> bool {
    const SLACK: f64 = 1e-6;
    a.x + a.width > b.x + SLACK
        && b.x + b.width > a.x + SLACK
        && a.y + a.height > b.y + SLACK
        && b.y + b.height > a.y + SLACK
}

fn assert_sound(drawing: &Layout) {
    for (index, &a) in drawing.nodes.iter().enumerate() {
        assert!(a.x >= -1e-6 && a.y >= -1e-6 && a.x.is_finite() && a.y.is_finite());
        assert!(a.x + a.width <= drawing.width + 1e-6 && a.y + a.height <= drawing.height + 1e-6);
        for &b in &drawing.nodes[index + 1..] {
            assert!(!overlap(a, b), "{a:?} and {b:?} overlap");
        }
    }
}

#[test]
fn an_empty_graph_has_an_empty_drawing() {
    let drawing = layout(&[], &[], &Options::default());
    assert!(drawing.nodes.is_empty() && drawing.edges.is_empty());
}

#[test]
fn downstream_nodes_stand_to_the_right_of_upstream_nodes() {
    let drawing = layout(&[CARD; 4], &[(0, 1), (1, 2), (0, 2), (2, 3)], &Options::default());
    assert_sound(&drawing);
    for path in &drawing.edges {
        assert!(drawing.nodes[path.from].x + CARD.width < drawing.nodes[path.to].x);
    }
    assert_eq!(drawing.edges[2].points.len(), 3, "an edge over one rank bends once");
}

#[test]
fn a_diamond_is_drawn_without_a_crossing_and_symmetric() {
    let options = Options { direction: Direction::TopToBottom, ..Options::default() };
    let drawing = layout(&[CARD; 4], &[(0, 1), (0, 2), (1, 3), (2, 3)], &options);
    let middle = |node: usize| drawing.nodes[node].x + drawing.nodes[node].width / 2.0;
    assert!((middle(0) - middle(3)).abs() < 1e-6);
    assert!(((middle(1) + middle(2)) / 2.0 - middle(0)).abs() < 1e-6);
}

#[test]
fn a_cycle_is_drawn_and_does_not_hang() {
    let drawing = layout(&[CARD; 3], &[(0, 1), (1, 2), (2, 0), (1, 1)], &Options::default());
    assert_sound(&drawing);
    assert_eq!(drawing.edges.len(), 3);
}

#[test]
fn crossing_edges_are_untangled() {
    let sizes = [CARD; 6];
    let edges = [(0, 5), (1, 4), (2, 3)];
    let ranks = rank::assign(6, &edges);
    let mut layers = order::Layers::new(&sizes, &edges, &ranks);
    layers.reduce_crossings();
    assert_eq!(layers.crossings(), 0);
}

#[test]
fn members_of_a_group_lie_inside_its_box_and_boxes_do_not_overlap() {
    let edges = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5)];
    let drawing = layout_grouped(&[CARD; 6], &edges, &[0, 0, 1, 1, 2, 2], &Options::default());
    assert_sound(&drawing);
    assert_eq!(drawing.edges.len(), edges.len());
    for (node, group) in [0, 0, 1, 1, 2, 2].into_iter().enumerate() {
        let (inner, outer) = (drawing.nodes[node], drawing.groups[group]);
        assert!(inner.x > outer.x && inner.y > outer.y);
        assert!(inner.x + inner.width < outer.x + outer.width);
        assert!(inner.y + inner.height < outer.y + outer.height);
    }
    assert!(!overlap(drawing.groups[0], drawing.groups[1]));
    assert!(!overlap(drawing.groups[1], drawing.groups[2]));
}

/// The budget is 300 ms optimised; unoptimised test builds are given ten times as much.
#[test]
fn five_thousand_assets_are_laid_out_in_time() {
    const NODES: usize = 5_000;
    let edges: Vec<(usize, usize)> = (1..NODES)
        .flat_map(|node| {
            let near = (node - 1) - (node * 7) % node.min(40);
            let far = (node * 2_654_435_761) % node;
            [Some((near, node)), (node % 5 == 0).then_some((far, node))]
        })
        .flatten()
        .collect();
    let started = std::time::Instant::now();
    let drawing = layout(&[CARD; NODES], &edges, &Options::default());
    let took = started.elapsed();
    assert_eq!(drawing.nodes.len(), NODES);
    let budget = if cfg!(debug_assertions) { 3_000 } else { 300 };
    assert!(took.as_millis() < budget, "took {took:?}");
    println!("{took:?}");
}

proptest! {
    #[test]
    fn any_graph_is_drawn_without_overlap(
        node_count in 1_usize..40,
        raw in prop::collection::vec((0_usize..40, 0_usize..40), 0..80),
        vertical: bool,
    ) {
        let direction = if vertical { Direction::TopToBottom } else { Direction::LeftToRight };
        let options = Options { direction, ..Options::default() };
        let sizes: Vec<Size> = (0..node_count)
            .map(|n| Size { width: 50.0 + (n % 7) as f64 * 20.0, height: 30.0 + (n % 3) as f64 * 25.0 })
            .collect();
        let drawing = layout(&sizes, &raw, &options);
        assert_sound(&drawing);
        let known = tidy(node_count, &raw);
        prop_assert_eq!(drawing.edges.len(), known.len());
        for path in &drawing.edges {
            prop_assert!(path.points.len() >= 2);
        }
    }
}
