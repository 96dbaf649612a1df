//! Tests of the whole journal on a disk that cuts power, fails and flips bits on request.

mod disk;
mod faults;
mod flips;
mod life;
mod model;
mod power;
mod snapshots;
