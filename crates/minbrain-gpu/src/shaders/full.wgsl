// Values as they are.

fn value_at(block: u32, row: u32, lane: u32) -> f32 {
    return bitcast<f32>(values[(block * scope.rows + row) * LANES + lane]);
}
