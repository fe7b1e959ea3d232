//! Ranks: which row of the drawing each node stands in.
//!
//! Longest path from the sources, then every node is moved as close to its children as they allow, so that a
//! late-joining source stands beside its consumers and not at the far end of a long edge.

/// The rank of each node, starting at zero; along every edge of an acyclic graph the rank grows. Back edges of a
/// cycle are ignored.
pub(super) fn assign(node_count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); node_count];
    for &(from, to) in edges {
        children[from].push(to);
    }
    let order = depth_first_order(&children);
    let mut position = vec![0; node_count];
    for (index, &node) in order.iter().enumerate() {
        position[node] = index;
    }
    // In an acyclic graph every edge runs forward in this order; what runs backward closes a cycle.
    for (node, targets) in children.iter_mut().enumerate() {
        targets.retain(|&child| position[node] < position[child]);
    }

    let mut rank = vec![0; node_count];
    for &node in &order {
        for &child in &children[node] {
            rank[child] = rank[child].max(rank[node] + 1);
        }
    }
    let mut has_parent = vec![false; node_count];
    for &child in children.iter().flatten() {
        has_parent[child] = true;
    }
    for &node in order.iter().rev() {
        let nearest_child = children[node].iter().map(|&child| rank[child]).min();
        if let (false, Some(nearest)) = (has_parent[node], nearest_child) {
            rank[node] = nearest - 1;
        }
    }
    rank
}

/// Reverse postorder of a depth-first walk: a topological order when there is no cycle. Iterative, because chains of
/// thousands of assets exist.
fn depth_first_order(children: &[Vec<usize>]) -> Vec<usize> {
    let mut indegree = vec![0_usize; children.len()];
    for &child in children.iter().flatten() {
        indegree[child] += 1;
    }
    let roots = (0..children.len()).filter(|&node| indegree[node] == 0);
    let mut visited = vec![false; children.len()];
    let mut postorder = Vec::with_capacity(children.len());
    for start in roots.chain(0..children.len()) {
        if visited[start] {
            continue;
        }
        visited[start] = true;
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.last_mut() {
            if let Some(&child) = children[*node].get(*next) {
                *next += 1;
                if !visited[child] {
                    visited[child] = true;
                    stack.push((child, 0));
                }
            } else {
                postorder.push(*node);
                stack.pop();
            }
        }
    }
    postorder.reverse();
    postorder
}
