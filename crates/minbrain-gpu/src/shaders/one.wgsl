// One query at a time: as fast as the blocks can be read.

alias Many = f32;
const WIDTH: u32 = 1u;

fn nth(many: Many, at: u32) -> f32 {
    return many;
}

fn masked(many: Many, part: u32, group: u32) -> Many {
    return select(FAR, many, is_in(group, part));
}
