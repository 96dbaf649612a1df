//! The one description that all robots of a schema agree on: made by the first, read by the others.

use crate::cluster::Cluster;
use crate::error::FleetError;
use crate::keys;
use crate::lift::Scale;
use crate::schema::{Keep, Layout, Schema};

/// The schema called `name`, if there is one, refused where its robots are of another kind.
pub(crate) async fn find(
    cluster: &mut Cluster,
    name: &str,
    layout: &Layout,
) -> Result<Option<Schema>, FleetError> {
    let text: Option<String> = cluster.ask(redis::cmd("GET").arg(keys::schema(name))).await?;
    let Some(text) = text else { return Ok(None) };
    let schema = Schema::from_text(name, &text)?;
    schema.check(layout)?;
    Ok(Some(schema))
}

/// The schema called `name`: a new one with this scale, unless somebody was first.
pub(crate) async fn found(
    cluster: &mut Cluster,
    (name, layout): (&str, &Layout),
    (keep, scale): (Keep, Scale),
) -> Result<Schema, FleetError> {
    keep.check()?;
    let own = Schema::new(name, layout, keep, scale);
    let mut command = redis::cmd("SET");
    command.arg(keys::schema(name)).arg(own.to_text()).arg("NX");
    let _: Option<String> = cluster.ask(&command).await?;
    let _: u32 = cluster.ask(redis::cmd("SADD").arg(keys::SCHEMAS).arg(name)).await?;
    let missing = || FleetError::Failed { why: format!("schema {name} is gone again") };
    find(cluster, name, layout).await?.ok_or_else(missing)
}

/// Tells the fleet the name of a robot's life.
pub(crate) async fn introduce(
    cluster: &mut Cluster,
    name: &str,
    (life, label): (u64, &str),
) -> Result<(), FleetError> {
    let mut command = redis::cmd("HSET");
    command.arg(keys::robots(name)).arg(format!("{life:016x}")).arg(label);
    cluster.ask::<u32>(&command).await.map(drop)
}
