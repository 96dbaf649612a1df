//! The robot's body among walls and obstacles, in rapier2d.

use rapier2d::prelude::{
    ColliderBuilder, PhysicsWorld, QueryFilter, Ray, RigidBodyBuilder, RigidBodyHandle, Vector,
};

use super::field::{ARENA_SIDE_M, OBSTACLES, Obstacle};
use super::robot::ROBOT_RADIUS_M;

const WALL_HALF_THICKNESS_M: f32 = 0.5;
const FIRST_STEP_S: f32 = 0.01;
/// Bodies this near count as touching: the solver leaves gaps and overlaps of a few millimetres.
const TOUCH_M: f32 = 0.005;

/// A disc that pushes against what stands around it. Its heading is the wheels' business.
pub(super) struct Body {
    physics: PhysicsWorld,
    handle: RigidBodyHandle,
}

impl Body {
    pub(super) fn new([x, y]: [f32; 2]) -> Self {
        let mut physics = PhysicsWorld::new();
        physics.gravity = Vector::new(0.0, 0.0);
        for collider in walls().into_iter().chain(OBSTACLES.map(solid)) {
            physics.colliders.insert(collider.friction(0.0));
        }
        let body = RigidBodyBuilder::dynamic()
            .translation(Vector::new(x, y))
            .lock_rotations()
            .can_sleep(false);
        let disc = ColliderBuilder::ball(ROBOT_RADIUS_M).friction(0.0);
        let (handle, _) = physics.insert(body, disc);
        let mut made = Self { physics, handle };
        // A first step at rest fills the index that rays are cast through.
        made.advance([0.0, 0.0], FIRST_STEP_S);
        made
    }

    /// Moves the body with a velocity in metres per second, as far as it is free to.
    pub(super) fn advance(&mut self, velocity: [f32; 2], seconds: f32) {
        self.physics.integration_parameters.dt = seconds;
        self.physics.bodies[self.handle].set_linvel(Vector::new(velocity[0], velocity[1]), true);
        self.physics.step();
    }

    pub(super) fn position_m(&self) -> [f32; 2] {
        let at = self.physics.bodies[self.handle].translation();
        [at.x, at.y]
    }

    pub(super) fn is_touching(&self) -> bool {
        let at = self.physics.bodies[self.handle].translation();
        self.physics.project_point(at, ROBOT_RADIUS_M + TOUCH_M, true, self.others()).is_some()
    }

    fn others(&self) -> QueryFilter<'_> {
        QueryFilter::default().exclude_rigid_body(self.handle)
    }

    /// How far it is from the body's rim to the first solid thing in a direction, in metres, at
    /// most `limit_m`.
    pub(super) fn range_m(&self, direction_rad: f32, limit_m: f32) -> f32 {
        let (sin, cos) = libm::sincosf(direction_rad);
        let from = self.physics.bodies[self.handle].translation();
        let ray = Ray::new(from, Vector::new(cos, sin));
        let reach_m = limit_m + ROBOT_RADIUS_M;
        let hit = self.physics.cast_ray(&ray, reach_m, true, self.others());
        (hit.map_or(reach_m, |(_, distance)| distance) - ROBOT_RADIUS_M).max(0.0)
    }
}

fn solid(obstacle: Obstacle) -> ColliderBuilder {
    match obstacle {
        Obstacle::Disc { x_m, y_m, radius_m } => {
            ColliderBuilder::ball(radius_m).translation(Vector::new(x_m, y_m))
        }
        Obstacle::Block { x_m, y_m, half_width_m, half_height_m } => {
            ColliderBuilder::cuboid(half_width_m, half_height_m).translation(Vector::new(x_m, y_m))
        }
    }
}

fn walls() -> [ColliderBuilder; 4] {
    let (half, thick) = (ARENA_SIDE_M / 2.0, WALL_HALF_THICKNESS_M);
    let wall = |x, y, half_width, half_height| {
        ColliderBuilder::cuboid(half_width, half_height).translation(Vector::new(x, y))
    };
    [
        wall(half, -thick, half + 2.0 * thick, thick),
        wall(half, ARENA_SIDE_M + thick, half + 2.0 * thick, thick),
        wall(-thick, half, thick, half),
        wall(ARENA_SIDE_M + thick, half, thick, half),
    ]
}
