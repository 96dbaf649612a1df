// Two rows to a word, as halves.

fn value_at(block: u32, row: u32, lane: u32) -> f32 {
    let words = (scope.rows + 1u) / 2u;
    let both = unpack2x16float(values[(block * words + row / 2u) * LANES + lane]);
    return both[row % 2u];
}
