//! Snapshots on their way: what counts, and what is removed.

use redb::{ReadTransaction, ReadableTableMetadata, TableDefinition};

use super::disk::{Disk, STORE};
use super::life::{Life, find, open};
use crate::journal::Parts;
use crate::options::Durability;
use crate::pace::Round;

const CHUNKS: TableDefinition<'static, (u64, u32), &[u8]> = TableDefinition::new("chunks");
const MANIFESTS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("manifests");

fn rows(parts: &Parts) -> (u64, u64) {
    let read: ReadTransaction = parts.store.read().unwrap();
    let chunks = read.open_table(CHUNKS).unwrap().len().unwrap();
    (chunks, read.open_table(MANIFESTS).unwrap().len().unwrap())
}

#[test]
fn a_snapshot_counts_from_its_manifest_on_and_half_of_one_is_removed() {
    let mut life = Life::begin(Disk::default(), Durability::PowerCut).unwrap();
    life.push(b"before");
    life.snapshot(vec![1; 100_000]);
    life.finish().unwrap();
    life.snapshot(vec![2; 3_000_000]);
    // 16 chunks of 60 KiB in each commit: three do not hold it.
    for _ in 0..3 {
        life.push(b"beside");
        life.round(Round::Sync).unwrap();
        assert_eq!(life.journal.status().acknowledged_id, life.journal.status().pushed_id);
    }
    assert_eq!(life.journal.status().snapshots, 1);
    assert_eq!(life.journal.status().entries_since_snapshot, 3);
    let (disk, past) = life.die();
    let parts = open(&Disk::holding(disk.now())).unwrap();
    past.check(&find(&parts).unwrap(), "half a snapshot");
    assert_eq!(rows(&parts), (2, 1));
}

#[test]
fn the_snapshot_before_is_removed_only_when_the_next_is_durable() {
    let mut life = Life::begin(Disk::default(), Durability::PowerCut).unwrap();
    life.snapshot(vec![1; 3_000_000]);
    life.finish().unwrap();
    life.snapshot(vec![2; 50_000]);
    life.round(Round::Sync).unwrap();
    let disk = life.disk.clone();
    let reopened = || rows(&open(&Disk::holding(disk.now())).unwrap());
    assert_eq!(reopened(), (49 + 1, 2));
    life.round(Round::Sync).unwrap();
    assert_eq!(reopened(), (49 + 1 - 16, 1));
    for _ in 0..4 {
        life.round(Round::Sync).unwrap();
    }
    assert_eq!(reopened(), (1, 1));
    // With nothing left to do, nothing is written.
    let calls = disk.calls();
    life.round(Round::Sync).unwrap();
    assert_eq!(disk.calls(), calls);
}

#[test]
fn where_the_newest_snapshot_is_damaged_the_one_before_counts_and_that_is_said() {
    let mut life = Life::begin(Disk::default(), Durability::PowerCut).unwrap();
    life.snapshot(b"older".to_vec());
    life.finish().unwrap();
    life.push(b"between");
    life.snapshot(b"newer".to_vec());
    // One commit: the older one is still there.
    life.round(Round::Sync).unwrap();
    let (disk, _) = life.die();
    for table in ["chunks", "manifests"] {
        let disk = Disk::holding(disk.now());
        let database = redb::Builder::new().create_with_backend(disk.file(STORE)).unwrap();
        let transaction = database.begin_write().unwrap();
        match table {
            "chunks" => {
                let mut chunks = transaction.open_table(CHUNKS).unwrap();
                let (key, _) =
                    chunks.pop_last().unwrap().map(|(k, v)| (k.value(), drop(v))).unwrap();
                chunks.insert(key, &b"what is this?"[..]).unwrap();
            }
            _ => {
                let mut manifests = transaction.open_table(MANIFESTS).unwrap();
                let (key, _) =
                    manifests.pop_last().unwrap().map(|(k, v)| (k.value(), drop(v))).unwrap();
                manifests.insert(key, &b"what is this?"[..]).unwrap();
            }
        }
        transaction.commit().unwrap();
        drop(database);
        let parts = open(&disk).unwrap();
        let mut recovery = parts.recovery().unwrap();
        assert_eq!(recovery.take_snapshot().as_deref(), Some(&b"older"[..]), "{table}");
        assert_eq!(recovery.damaged_snapshots().len(), 1, "{table}");
        assert_eq!(recovery.filter(Result::is_ok).count(), 1);
    }
}

#[test]
fn entries_beside_a_snapshot_count_as_after_it() {
    let mut life = Life::begin(Disk::default(), Durability::PowerCut).unwrap();
    life.push(b"covered");
    life.snapshot(vec![2; 3_000_000]);
    life.push(b"not covered");
    life.round(Round::Sync).unwrap();
    assert_eq!(life.journal.status().entries_since_snapshot, 2);
    life.finish().unwrap();
    life.push(b"not covered either");
    life.finish().unwrap();
    assert_eq!(life.journal.status().entries_since_snapshot, 2);
}
