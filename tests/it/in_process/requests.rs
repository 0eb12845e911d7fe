//! What the requests for each feed look like on a socket, beside those of the SDK's own clients.

use std::collections::BTreeMap;

use aws_sdk_rekognition::{
    Client,
    primitives::Blob,
    types::{DetectLabelsFeatureName, Image},
};
use medialive_source_monitor::aws::Clients;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::harness::sdk_config;

/// A request as it arrived.
#[derive(Debug, PartialEq)]
struct Arrived {
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Arrived {
    /// Leaves out what differs from request to request, or says who sends it.
    fn without_sender(mut self) -> Self {
        self.headers.retain(|name, _| {
            let is_of_sender = name.contains("user-agent") || name.starts_with("amz-sdk");
            !is_of_sender && !["authorization", "x-amz-date"].contains(&name.as_str())
        });
        self
    }
}

/// Accepts one request, which it rejects.
async fn accept(listener: &TcpListener) -> Arrived {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut received = Vec::new();
    loop {
        stream.read_buf(&mut received).await.unwrap();
        let text = String::from_utf8_lossy(&received);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let (line, headers) = head.split_once("\r\n").unwrap();
        let headers: BTreeMap<_, _> = headers
            .lines()
            .map(|header| header.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() < length {
            continue;
        }
        let arrived = Arrived { line: line.to_owned(), headers, body: body.to_owned() };
        let response =
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        stream.write_all(response).await.unwrap();
        return arrived;
    }
}

/// The request that `send` leads to, with the monitor's clients and with the SDK's own.
async fn both<F, T>(send: impl Fn(Client) -> F) -> [Arrived; 2]
where
    F: Future<Output = T>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = sdk_config(&format!("http://{}", listener.local_addr().unwrap()));
    let (ours, _) = tokio::join!(accept(&listener), send(Clients::new(&config, None).rekognition));
    let (sdks, _) = tokio::join!(accept(&listener), send(Client::new(&config)));
    [ours, sdks]
}

fn image(bytes: Vec<u8>) -> Image {
    Image::builder().bytes(Blob::new(bytes)).build()
}

#[tokio::test]
async fn a_picture_is_sent_as_the_sdk_sends_it() {
    for length in [0, 1, 2, 3, 4, 255, 24_000] {
        let picture: Vec<u8> = (0_u8..=255).cycle().take(length).collect();
        let send = |client: Client| {
            let feature = DetectLabelsFeatureName::ImageProperties;
            client.detect_labels().image(image(picture.clone())).features(feature).send()
        };
        let [ours, sdks] = both(send).await;
        assert!(ours.body.contains("IMAGE_PROPERTIES"), "{ours:?}");
        assert_eq!(ours.without_sender(), sdks.without_sender(), "{length} bytes");
    }
}

#[tokio::test]
async fn any_other_request_is_written_by_the_sdk() {
    let [ours, sdks] = both(|client| {
        let request = client.detect_labels().image(image(vec![1, 2, 3])).max_labels(7);
        request.features(DetectLabelsFeatureName::ImageProperties).send()
    })
    .await;
    assert!(ours.body.contains("MaxLabels"), "{ours:?}");
    assert_eq!(ours.without_sender(), sdks.without_sender());
    let labels = DetectLabelsFeatureName::GeneralLabels;
    let [ours, sdks] = both(|client| {
        client.detect_labels().image(image(vec![1, 2, 3])).features(labels.clone()).send()
    })
    .await;
    assert!(ours.body.contains("GENERAL_LABELS"), "{ours:?}");
    assert_eq!(ours.without_sender(), sdks.without_sender());
}

#[tokio::test]
async fn a_request_names_the_monitor_and_counts_no_attempts() {
    let [ours, sdks] = both(|client| client.detect_labels().send()).await;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(ours.headers["user-agent"], format!("medialive-source-monitor/{version}"));
    let only_sdks: Vec<_> =
        sdks.headers.keys().filter(|name| !ours.headers.contains_key(*name)).collect();
    assert_eq!(only_sdks, ["amz-sdk-invocation-id", "amz-sdk-request", "x-amz-user-agent"]);
}
