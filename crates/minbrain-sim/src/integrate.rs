//! Integration of equations of motion.

/// One step of the classic fourth-order Runge-Kutta method over `seconds`.
pub(crate) fn runge_kutta(
    state: [f64; 4],
    seconds: f64,
    motion: impl Fn([f64; 4]) -> [f64; 4],
) -> [f64; 4] {
    let along =
        |slope: [f64; 4], seconds: f64| std::array::from_fn(|i| state[i] + seconds * slope[i]);
    let k1 = motion(state);
    let k2 = motion(along(k1, seconds / 2.0));
    let k3 = motion(along(k2, seconds / 2.0));
    let k4 = motion(along(k3, seconds));
    std::array::from_fn(|i| state[i] + seconds / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}
