//! The scheduled function: cold start, and nothing else.

use medialive_source_monitor::{
    clients::{Clients, Services},
    lambda, log,
    settings::{RekognitionUse, Settings},
    tick::Monitor,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let settings = lambda::or_init_error(Settings::from_env()).await?;
    log::start(settings.debug, settings.log_level);
    let clients = Clients::from_env(settings.rekognition_region.as_deref()).await;
    clients.open(services(settings.rekognition)).await;
    let monitor = Monitor::new(settings, clients, Box::new(std::io::stdout()));
    lambda::serve(monitor).await
}

fn services(rekognition: RekognitionUse) -> Services {
    match rekognition {
        RekognitionUse::Never => Services::AllButRekognition,
        RekognitionUse::EverySample | RekognitionUse::Interval(_) => Services::All,
    }
}
