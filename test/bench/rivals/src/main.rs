// kafka-backup's engine (osodevops/kafka-backup, no encryption):
// kafka-backup-rival backup CONFIG.yaml | restore CONFIG.yaml | validate FOLDER
use std::path::Path;

use kafka_backup_core::{backup::BackupEngine, segment::SegmentReader, BackupManifest, Config, RestoreEngine};

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let (what, file) = (args.next().expect("what to do"), args.next().expect("a file or a folder"));
    match what.as_str() {
        "backup" => {
            let engine = BackupEngine::new(config(&file)).await.expect("the engine starts");
            engine.run().await.expect("the backup succeeds");
        }
        "restore" => {
            let engine = RestoreEngine::new(config(&file)).expect("the engine starts");
            engine.run().await.expect("the restore succeeds");
        }
        "validate" => println!("{}", validate(Path::new(&file))),
        _ => panic!("backup, restore or validate, not {what}"),
    }
}

fn config(file: &str) -> Config {
    let text = std::fs::read_to_string(file).expect("the config file can be read");
    serde_yaml::from_str(&text).expect("the config is valid")
}

/// Reads every record of every segment that the manifest names, and returns how many there are.
fn validate(folder: &Path) -> i64 {
    let text = std::fs::read(folder.join("bench/manifest.json")).expect("the manifest can be read");
    let manifest: BackupManifest = serde_json::from_slice(&text).expect("the manifest is valid");
    let mut records = 0;
    for segment in manifest.topics.iter().flat_map(|topic| &topic.partitions).flat_map(|partition| &partition.segments) {
        let bytes = std::fs::read(folder.join(&segment.key)).expect("the segment can be read");
        let read = SegmentReader::open(bytes.into()).expect("the segment opens").read_all().expect("its records can be read");
        assert_eq!(read.len() as i64, segment.record_count);
        records += segment.record_count;
    }
    records
}
