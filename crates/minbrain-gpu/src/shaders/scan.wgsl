// First pass: every block is read once for each group of queries, and the lowest distance of every
// eight lanes of a tile is kept. One workgroup to a tile, one thread to a lane.

var<workgroup> of_lanes: array<f32, WIDTH * 64u>;

@compute @workgroup_size(64)
fn scan(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = workgroup.y;
    let first = workgroup.x * scope.tile_blocks;
    let end = min(first + scope.tile_blocks, scope.chunk_blocks);
    var low = Many(FAR);
    for (var block = first; block < end; block++) {
        let tenancy = tenancies[block];
        if (lane < (tenancy & 0xffu)) {
            low = min(low, masked(distances(block, lane, group), tenancy >> 8u, group));
        }
    }
    for (var at = 0u; at < WIDTH; at++) {
        of_lanes[at * LANES + lane] = nth(low, at);
    }
    workgroupBarrier();
    for (var at = lane; at < WIDTH * GROUPS; at += LANES) {
        let query = group * WIDTH + at / GROUPS;
        if (query < scope.queries) {
            var least = FAR;
            for (var other = 0u; other < GROUP; other++) {
                least = min(least, of_lanes[at * GROUP + other]);
            }
            let tile = scope.first_tile + workgroup.x;
            lows[(query * scope.tiles + tile) * GROUPS + at % GROUPS] = least;
        }
    }
}
