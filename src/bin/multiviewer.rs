//! The dashboard widget: cold start, and nothing else.

use medialive_source_monitor::{
    aws::{Clients, WarmUp},
    lambda,
    multiviewer::Multiviewer,
    settings::Settings,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let settings = lambda::or_init_error(Settings::multiviewer_from_env()).await?;
    lambda::start_logging(settings.debug, settings.log_level);
    let bucket = settings.pictures.as_ref().map(|pictures| pictures.bucket.as_str());
    let clients = Clients::from_env(None, bucket).await;
    clients.warm_up(WarmUp::AllButRekognition).await;
    lambda::serve(Multiviewer::new(settings, clients)).await
}
