// kafka-backup's engine (osodevops/kafka-backup, no encryption) run from a config file: kafka-backup-rival FILE.yaml
use kafka_backup_core::{backup::BackupEngine, Config};

#[tokio::main]
async fn main() {
    let file = std::env::args().nth(1).expect("a config file");
    let text = std::fs::read_to_string(&file).expect("the config file can be read");
    let config: Config = serde_yaml::from_str(&text).expect("the config is valid");
    let engine = BackupEngine::new(config).await.expect("the engine starts");
    engine.run().await.expect("the backup succeeds");
}
