//! The scheduled function: cold start, and nothing else.

use medialive_source_monitor::{
    aws::{Clients, WarmUp},
    lambda,
    monitor::Monitor,
    settings::{RekognitionUse, Settings},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let settings = lambda::or_init_error(Settings::from_env()).await?;
    lambda::start_logging(settings.debug, settings.log_level);
    let clients = Clients::from_env(
        settings.rekognition_region.as_deref(),
        settings.pictures.as_ref().map(|pictures| pictures.bucket.as_str()),
    )
    .await;
    clients.warm_up(services(settings.rekognition)).await;
    lambda::serve(Monitor::new(settings, clients, Box::new(std::io::stdout()))).await
}

fn services(rekognition: RekognitionUse) -> WarmUp {
    match rekognition {
        RekognitionUse::Never => WarmUp::AllButRekognition,
        RekognitionUse::EverySample | RekognitionUse::Interval(_) => WarmUp::All,
    }
}
