// Four queries for each block that is read.

alias Many = vec4<f32>;
const WIDTH: u32 = 4u;

fn nth(many: Many, at: u32) -> f32 {
    return many[at];
}

fn masked(many: Many, part: u32, group: u32) -> Many {
    let first = group * WIDTH;
    let is_wanted = vec4<bool>(
        is_in(first, part),
        is_in(first + 1u, part),
        is_in(first + 2u, part),
        is_in(first + 3u, part),
    );
    return select(vec4<f32>(FAR), many, is_wanted);
}
