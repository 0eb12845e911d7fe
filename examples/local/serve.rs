//! `--serve`: the monitor in the background, and a web page with the picture wall, the list of
//! incidents, the mails and plots of what CloudWatch received. The browser reloads the page, as
//! CloudWatch reloads a widget. The page has no script.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::SystemTime,
};

use aws_stand_in::{Message, StandIn};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use medialive_source_monitor::{monitor::Monitor, multiviewer::Multiviewer, settings::Settings};
use serde_json::{Value, json};
use source_detection::variables::from_map;
use tokio::net::TcpListener;

use crate::{
    TIME_LEFT, channels, clients, fleet, incidents::incidents, people::People, plots::plots,
};

/// Number of mails on the page.
const SHOWN_MAILS: usize = 10;

/// Seconds after which the browser reloads the page. A dashboard's shortest interval is 10.
const RELOAD_INTERVAL: u32 = 5;

/// What a request for the page needs.
struct Page {
    multiviewer: Multiviewer,
    aws: StandIn,
    people: People,
    address: SocketAddr,
}

/// Serves the page until the process ends, while the monitor runs tick after tick.
pub async fn serve(aws: StandIn, monitor: Monitor, variables: &BTreeMap<String, String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    println!("the picture wall is at http://{address}/ (dark: http://{address}/?theme=dark)");
    println!(
        "and that of a larger fleet at http://{address}/fleet?feeds=40&width=1400&order=name\n"
    );
    let settings = Settings::read_multiviewer(from_map(variables)).unwrap();
    let clients = clients(&aws.endpoint(), &settings);
    let multiviewer = Multiviewer::new(settings, clients);
    channels::inputs_deliver(&aws);
    let people = People::tell(&aws);
    let page = Arc::new(Page { multiviewer, aws, people, address });
    tokio::task::spawn_local(tick_for_ever(monitor));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let page = Arc::clone(&page);
        tokio::task::spawn_local(async move {
            let service = service_fn(move |request| respond(request, Arc::clone(&page)));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn tick_for_ever(mut monitor: Monitor) {
    loop {
        if let Err(error) = monitor.tick(&json!({}), SystemTime::now() + TIME_LEFT).await {
            eprintln!("the tick failed: {error}");
        }
    }
}

async fn respond(
    request: Request<Incoming>,
    page: Arc<Page>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let query = query(request.uri().query().unwrap_or_default());
    let dark = query.get("theme").is_some_and(|theme| theme == "dark");
    let shown = match request.uri().path() {
        "/" => page.show(dark).await,
        "/fleet" => {
            fleet::page(&query).await.map(|wall| html(&wall, "", &Shown { dark, reloads: false }))
        }
        _ => Err("the pages are / and /fleet".to_owned()),
    };
    let (status, body) = match shown {
        Ok(html) => (200, html),
        Err(error) => (404, error),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        // Nothing in the page may run, whatever a channel's name or tag contains.
        .header(
            "content-security-policy",
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        )
        .body(Full::from(body))
        .unwrap();
    Ok(response)
}

impl Page {
    /// The wall of the channels that are monitored, with plots and mails.
    async fn show(&self, dark: bool) -> Result<String, String> {
        let arn = self.address.to_string();
        match self.multiviewer.view(&event(dark), &arn, SystemTime::UNIX_EPOCH).await {
            Ok(Value::String(wall)) => {
                let more = incidents(&self.aws.events(), SystemTime::now())
                    + &mails(&self.people.mails())
                    + &plots(&self.aws);
                Ok(html(&wall, &more, &Shown { dark, reloads: true }))
            }
            Ok(other) => Err(other.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The names and values of a query, which need no escapes here.
fn query(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The event that CloudWatch sends for a widget in this theme.
fn event(dark: bool) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/widget.json")).unwrap();
    event["widgetContext"]["theme"] = if dark { "dark" } else { "light" }.into();
    event
}

/// A text as HTML shows it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The latest mails, newest first.
fn mails(mails: &[Message]) -> String {
    let mail = |mail: &Message| {
        let subject = mail.subject.as_deref().unwrap_or_default();
        format!("<h3>{}</h3><pre>{}</pre>", escaped(subject), escaped(&mail.text))
    };
    mails.iter().rev().take(SHOWN_MAILS).map(mail).collect()
}

/// How a page is shown.
struct Shown {
    dark: bool,
    reloads: bool,
}

fn html(wall: &str, more: &str, shown: &Shown) -> String {
    let (paper, ink) = if shown.dark { ("#0f141a", "#d5dbdb") } else { ("#ffffff", "#16191f") };
    let reload = if shown.reloads {
        format!("<meta http-equiv=refresh content={RELOAD_INTERVAL}>")
    } else {
        String::new()
    };
    let margin = if shown.reloads { "16px;max-width:1400px" } else { "0" };
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>source monitor</title>{reload}\
         <style>body{{margin:{margin};background:{paper};color:{ink};font-family:sans-serif}}\
         .plots{{display:flex;flex-wrap:wrap;gap:12px;margin-top:24px}}.plot{{font-size:12px}}h3,pre{{width:100%;margin:0;white-space:pre-wrap}}\
         table{{border-spacing:12px 2px;text-align:left;font-size:13px}}\
         .plot svg{{display:block;background:#8882}}</style></head>\
         <body>{wall}<div class=plots>{more}</div></body></html>"
    )
}
