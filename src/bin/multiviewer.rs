//! The dashboard widget: cold start, and nothing else.

use medialive_source_monitor::{
    clients::{Clients, Services},
    lambda, log,
    wall::{self, Wall, WallSettings},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let settings = lambda::or_init_error(WallSettings::from_env()).await?;
    log::start(settings.debug(), settings.log_level());
    let clients = Clients::from_env(None).await;
    clients.open(Services::AllButRekognition).await;
    wall::serve(Wall::new(settings, clients)).await
}
