// Second pass, one workgroup to a query: an upper bound of the k-th distance, widened by all that
// rounding may do, and which groups of lanes reach below it.
//
// Every thread keeps the two lowest of its share of the lows. The k-th lowest of what the threads kept
// is the distance of at least k experiences at most, so the true k-th is no farther.

const THREADS: u32 = 256u;
const KEPT: u32 = 512u;

var<workgroup> kept: array<f32, KEPT>;
var<workgroup> kth: f32;
var<workgroup> count: atomic<u32>;

@compute @workgroup_size(256)
fn choose(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let query = workgroup.x;
    let all = scope.tiles * GROUPS;
    let first = query * all;
    var lowest = FAR;
    var second = FAR;
    for (var at = thread; at < all; at += THREADS) {
        let low = lows[first + at];
        second = min(second, max(lowest, low));
        lowest = min(lowest, low);
    }
    kept[thread] = lowest;
    kept[THREADS + thread] = second;
    workgroupBarrier();
    for (var own = thread; own < KEPT; own += THREADS) {
        let low = kept[own];
        var below = 0u;
        for (var other = 0u; other < KEPT; other++) {
            let that = kept[other];
            below += select(0u, 1u, that < low || (that == low && other < own));
        }
        if (below == scope.k - 1u) {
            kth = low;
        }
    }
    workgroupBarrier();
    let ask = asks[query];
    let widened = sqrt(kth * ask.share + ask.floor) + ask.reach;
    // With fewer than k in all, everything is a contender.
    let cut = select(widened * widened * ask.share + ask.floor, 0.5 * FAR, kth >= 0.5 * FAR);
    let own_picked = query * (scope.most_picked + 2u);
    for (var at = thread; at < all; at += THREADS) {
        if (lows[first + at] <= cut) {
            let place = atomicAdd(&count, 1u);
            if (place < scope.most_picked) {
                picked[own_picked + 2u + place] = at;
            }
        }
    }
    workgroupBarrier();
    if (thread == 0u) {
        let all_picked = atomicLoad(&count);
        picked[own_picked] = min(all_picked, scope.most_picked);
        picked[own_picked + 1u] = bitcast<u32>(cut);
        // More than there is room for: too many, told as more places than there is room for.
        if (all_picked > scope.most_picked) {
            atomicAdd(&found[query * (scope.most_found + 1u)], scope.most_found + 1u);
        }
    }
}
