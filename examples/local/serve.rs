//! What `--serve` adds: the monitor at work in the background, and the picture wall as a web page with plots of what
//! CloudWatch received. The page is renewed by the browser, as CloudWatch renews a widget. It has no script.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use medialive_source_monitor::{
    clients::Clients,
    settings::from_map,
    tick::Monitor,
    wall::{Wall, WallSettings},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{plots, reach::reach, standin::StandIn};

/// How often the browser renews the page, in seconds. A dashboard's shortest is 10.
const RENEWED_EVERY: u32 = 5;

/// Serves the page until the process ends; the monitor ticks meanwhile.
pub async fn serve(aws: StandIn, mut monitor: Monitor, variables: &BTreeMap<String, String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    println!("the picture wall is at http://{address}/ (dark: http://{address}/?theme=dark)\n");
    let settings = WallSettings::read(from_map(variables)).unwrap();
    let wall = Wall::new(settings, Clients::new(&reach(&aws.endpoint()), None));
    let (wall, aws) = (Arc::new(wall), Arc::new(aws));
    tokio::task::spawn_local(async move {
        loop {
            if let Err(error) = monitor.tick(&json!({}), SystemTime::now() + Duration::from_secs(90)).await {
                eprintln!("the tick failed: {error}");
            }
        }
    });
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (wall, aws) = (Arc::clone(&wall), Arc::clone(&aws));
        tokio::task::spawn_local(async move {
            let answer =
                service_fn(move |request| answer(request, Arc::clone(&wall), Arc::clone(&aws), address));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    wall: Arc<Wall>,
    aws: Arc<StandIn>,
    address: SocketAddr,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() != "/" {
        return Ok(Response::builder().status(404).body(Full::from("there is only one page: /")).unwrap());
    }
    let dark = request.uri().query().is_some_and(|query| query.contains("theme=dark"));
    let (status, page) = match wall.answer(&event(dark), &address.to_string(), SystemTime::UNIX_EPOCH).await {
        Ok(Value::String(html)) => (200, page(&html, &aws, dark)),
        Ok(other) => (500, other.to_string()),
        Err(error) => (502, error.to_string()),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        // Whatever a name or a tag holds, nothing here may run.
        .header("content-security-policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'")
        .body(Full::from(page))
        .unwrap();
    Ok(response)
}

/// What CloudWatch would send for a widget of this theme.
fn event(dark: bool) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/widget.json")).unwrap();
    event["widgetContext"]["theme"] = if dark { "dark" } else { "light" }.into();
    event
}

fn page(wall: &str, aws: &StandIn, dark: bool) -> String {
    let (paper, ink) = if dark { ("#0f141a", "#d5dbdb") } else { ("#ffffff", "#16191f") };
    let plots = plots::plots(aws);
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>source monitor</title>\
         <meta http-equiv=refresh content={RENEWED_EVERY}>\
         <style>body{{margin:16px;max-width:1400px;background:{paper};color:{ink};font-family:sans-serif}}\
         .plots{{display:flex;flex-wrap:wrap;gap:12px;margin-top:24px}}.plot{{font-size:12px}}\
         .plot svg{{display:block;background:#8882}}</style></head>\
         <body>{wall}<div class=plots>{plots}</div></body></html>"
    )
}
