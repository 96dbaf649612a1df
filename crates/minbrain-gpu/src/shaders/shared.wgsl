// What all three passes share. Before this text stand the width of a group of queries
// (`Many`, `WIDTH`, `nth`, `masked`) and how a value is read (`value_at`).

struct Scope {
    // Blocks in all chunks, and where this chunk begins and how many it holds.
    blocks: u32,
    chunk_first: u32,
    chunk_blocks: u32,
    // Blocks of a tile, tiles in all chunks, and the first tile of this one.
    tile_blocks: u32,
    tiles: u32,
    first_tile: u32,
    queries: u32,
    rows: u32,
    // The first rows are compared by their dot product.
    directions: u32,
    k: u32,
    most_picked: u32,
    most_found: u32,
}

// Which part a query looks in, and how far the k-th distance is widened.
struct Ask {
    part: u32,
    share: f32,
    reach: f32,
    floor: f32,
}

const LANES: u32 = 64u;
// Lanes whose lowest distance is kept.
const GROUP: u32 = 8u;
const GROUPS: u32 = 8u;
// Farther than any distance.
const FAR: f32 = 3.0e38;
const ALL_PARTS: u32 = 0xffffffffu;

@group(0) @binding(0) var<uniform> scope: Scope;
@group(0) @binding(1) var<storage, read> values: array<u32>;
// How many lanes of a block are taken, and above 8 bits its part.
@group(0) @binding(2) var<storage, read> tenancies: array<u32>;
// For each group of queries and each row: the values, then the weights.
@group(0) @binding(3) var<storage, read> points: array<Many>;
@group(0) @binding(4) var<storage, read> asks: array<Ask>;
@group(0) @binding(5) var<storage, read_write> lows: array<f32>;
// For each query: how many groups of lanes, the cut, and the groups.
@group(0) @binding(6) var<storage, read_write> picked: array<u32>;
// For each query: how many places, and the places.
@group(0) @binding(7) var<storage, read_write> found: array<atomic<u32>>;

fn is_in(query: u32, part: u32) -> bool {
    let wanted = asks[min(query, scope.queries - 1u)].part;
    return wanted == ALL_PARTS || wanted == part;
}

// The distances from a group of queries to one lane.
fn distances(block: u32, lane: u32, group: u32) -> Many {
    var sum = Many(0.0);
    var at = group * scope.rows * 2u;
    if (scope.directions > 0u) {
        sum = Many(1.0);
        for (var row = 0u; row < scope.directions; row++) {
            sum -= points[at] * value_at(block, row, lane);
            at += 2u;
        }
        sum = max(sum, Many(0.0));
    }
    for (var row = scope.directions; row < scope.rows; row++) {
        let difference = points[at] - value_at(block, row, lane);
        sum += points[at + 1u] * difference * difference;
        at += 2u;
    }
    return sum;
}
