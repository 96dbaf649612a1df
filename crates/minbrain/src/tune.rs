//! Temporary.
use std::collections::HashMap;
use std::sync::LazyLock;
static T: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    std::env::var("MB").unwrap_or_default().split(',').filter_map(|p| p.split_once('=')).map(|(a, b)| (a.to_string(), b.parse().unwrap_or(0.0))).collect()
});
pub(crate) fn t(name: &str, default: f32) -> f32 {
    T.get(name).copied().unwrap_or(default)
}
