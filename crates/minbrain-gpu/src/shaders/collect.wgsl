// Third pass: the lanes of the picked groups once more; those within the cut are the contenders. One
// workgroup to a group of lanes of a query, eight threads to the blocks of its tile in turn.

@compute @workgroup_size(64)
fn collect(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let query = workgroup.y;
    let own_picked = query * (scope.most_picked + 2u);
    if (workgroup.x >= picked[own_picked]) {
        return;
    }
    let cut = bitcast<f32>(picked[own_picked + 1u]);
    let group = picked[own_picked + 2u + workgroup.x];
    let tile = group / GROUPS;
    if (tile < scope.first_tile) {
        return;
    }
    let first = (tile - scope.first_tile) * scope.tile_blocks;
    let end = min(first + scope.tile_blocks, scope.chunk_blocks);
    let lane = (group % GROUPS) * GROUP + thread % GROUP;
    let own_found = query * (scope.most_found + 1u);
    for (var block = first + thread / GROUP; block < end; block += 8u) {
        let tenancy = tenancies[block];
        if (lane < (tenancy & 0xffu) && is_in(query, tenancy >> 8u)) {
            let distance = nth(distances(block, lane, query / WIDTH), query % WIDTH);
            if (distance <= cut) {
                let place = atomicAdd(&found[own_found], 1u);
                if (place < scope.most_found) {
                    let at = (scope.chunk_first + block) * LANES + lane;
                    atomicStore(&found[own_found + 1u + place], at);
                }
            }
        }
    }
}
