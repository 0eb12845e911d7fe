//! The function that tells people of incidents: cold start, and nothing else.

use medialive_source_monitor::{
    aws::NotifierClients, lambda, notifier::Notifier, settings::NotifierSettings,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let settings = lambda::or_init_error(NotifierSettings::from_env()).await?;
    lambda::start_logging(settings.debug, settings.log_level);
    let clients = NotifierClients::from_env().await;
    clients.warm_up().await;
    lambda::serve(Notifier::new(settings, clients)).await
}
