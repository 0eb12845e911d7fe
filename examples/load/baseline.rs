//! Two baselines: CPU time of the same requests with as little as possible around them.
//!
//! Bare HTTP/1.1 connections, without retries or types. The thumbnail's base64 is found by its
//! quotes and decoded, and the JPEG is sent on in base64. Datapoints are encoded and compressed
//! once and sent in each round. The **plain** client signs nothing and decodes each JPEG to luma in
//! full; the **signing** one signs its requests as the SDK does, and reads the picture as the
//! monitor does. Each runs in a process of its own and measures itself.

use std::{cell::Cell, process::Command, rc::Rc, time::Duration};

use aws_sdk_cloudwatch::config::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::client::identity::Identity;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ciborium::cbor;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, client::conn::http1::SendRequest, http::request::Builder};
use hyper_util::rt::TokioIo;
use source_detection::Picture;
use tokio::{net::TcpStream, sync::Mutex, task::LocalSet, time::interval};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use crate::{
    arguments::{Arguments, number},
    fleet::{self, PAGE_SIZE},
    monitor::Run,
    process::Process,
};

/// Datapoints in one PutMetricData call.
const MAX_DATAPOINTS: usize = 1_000;

/// Which client is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// No signatures; decodes every pixel's luma.
    Plain,
    /// Signatures, and the monitor's own reader of pictures.
    Signing,
}

/// What a baseline client has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    client: Client,
    address: String,
    feeds: usize,
    concurrency: usize,
    rounds: usize,
    /// Datapoints per round.
    datapoints: usize,
    /// Thumbnails a second; 0 if they are not limited.
    pace: u32,
}

impl Task {
    /// Parses the argument of `--baseline`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let words: Vec<_> = text.split(',').collect();
        let [client, address, feeds, concurrency, rounds, datapoints, pace] = words[..] else {
            return Err("--baseline is for the driver itself".to_owned());
        };
        Ok(Self {
            client: if client == "signing" { Client::Signing } else { Client::Plain },
            address: address.to_owned(),
            feeds: number(feeds)?,
            concurrency: number(concurrency)?,
            rounds: number(rounds)?,
            datapoints: number(datapoints)?,
            pace: number(pace)?,
        })
    }

    fn write(&self) -> String {
        let Self { client, address, feeds, concurrency, rounds, datapoints, pace } = self;
        let client = if *client == Client::Signing { "signing" } else { "plain" };
        format!("{client},{address},{feeds},{concurrency},{rounds},{datapoints},{pace}")
    }
}

/// CPU time that this client needs for a sample, in a process of its own, for the same load as in
/// `run`.
pub(crate) fn measure(arguments: &Arguments, client: Client, run: &Run) -> Duration {
    let feeds = run.feeds;
    let aws = fleet::stand_in(feeds, arguments.latency);
    let task = Task {
        client,
        address: format!("127.0.0.1:{}", aws.port()),
        feeds,
        concurrency: arguments.concurrency,
        rounds: arguments.rounds,
        datapoints: run.datapoints,
        pace: arguments.pace.unwrap_or(0),
    };
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--baseline", &task.write()])
        .output()
        .expect("the driver starts itself");
    let text = String::from_utf8(output.stdout).unwrap();
    let nanoseconds: f64 = text.trim().parse().unwrap_or_else(|_| panic!("{text:?}"));
    Duration::from_secs_f64(nanoseconds / 1e9)
}

/// One round to warm up, then the measured ones; prints nanoseconds of CPU time per sample.
pub(crate) async fn run(task: &Task) {
    let puts = put_bodies(task.datapoints);
    round(task, &puts).await;
    let before = Process::this().cpu();
    for _ in 0..task.rounds {
        round(task, &puts).await;
    }
    let cpu = Process::this().cpu().saturating_sub(before).as_nanos();
    let samples = task.feeds * task.rounds;
    println!("{}", cpu / u128::try_from(samples).unwrap());
}

async fn round(task: &Task, puts: &[Bytes]) {
    let mut connection = Connection::open(task).await;
    let pace = (task.pace > 0).then(|| interval(Duration::from_secs(1) / task.pace));
    let pace = Rc::new(Mutex::new(pace));
    for _ in 0..task.feeds.div_ceil(PAGE_SIZE) {
        connection.get("/prod/channels?maxResults=100").await;
    }
    let next_feed = Rc::new(Cell::new(0));
    let samplers = LocalSet::new();
    for _ in 0..task.concurrency.min(task.feeds) {
        let (next_feed, task, pace) = (Rc::clone(&next_feed), task.clone(), Rc::clone(&pace));
        samplers.spawn_local(async move {
            let mut connection = Connection::open(&task).await;
            while next_feed.get() < task.feeds {
                if let Some(pace) = &mut *pace.lock().await {
                    pace.tick().await;
                }
                sample(&mut connection, next_feed.replace(next_feed.get() + 1)).await;
            }
        });
    }
    samplers.await;
    for put in puts {
        let headers = [
            ("smithy-protocol", "rpc-v2-cbor"),
            ("content-type", "application/cbor"),
            ("accept", "application/cbor"),
            ("content-encoding", "gzip"),
        ];
        let path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
        connection.post(path, &headers, put.clone()).await;
    }
}

/// One sample: thumbnail, pixels, Rekognition.
async fn sample(connection: &mut Connection, feed: usize) {
    let path = format!(
        "/prod/channels/{}/thumbnails?pipelineId=0&thumbnailType=CURRENT_ACTIVE",
        fleet::channel_id(feed)
    );
    let response = connection.get(&path).await;
    let (_, body) = response.split_at(find(&response, b"\"body\":\"") + 8);
    let jpeg = STANDARD.decode(&body[..find(body, b"\"")]).unwrap();
    match connection.client {
        Client::Plain => {
            let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
            let luma = JpegDecoder::new_with_options(ZCursor::new(&jpeg), options).decode();
            assert!(!std::hint::black_box(luma.unwrap()).is_empty());
        }
        Client::Signing => {
            std::hint::black_box(Picture::decode(&jpeg).unwrap());
        }
    }
    let mut request = String::from(r#"{"Image":{"Bytes":""#);
    request.reserve(jpeg.len() * 4 / 3 + 64);
    STANDARD.encode_string(&jpeg, &mut request);
    request.push_str(r#""},"Features":["IMAGE_PROPERTIES"]}"#);
    let headers = [
        ("x-amz-target", "RekognitionService.DetectLabels"),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    connection.post("/", &headers, request.into()).await;
}

/// Offset of the first occurrence of `text`, which the stand-in's own JSON contains.
fn find(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|part| part == text).expect("the stand-in's own JSON")
}

/// An HTTP/1.1 connection with keep-alive.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    client: Client,
    identity: Identity,
}

impl Connection {
    async fn open(task: &Task) -> Self {
        let stream = TcpStream::connect(&task.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let identity = Credentials::new("load", "load", None, None, "load").into();
        Self { sender, client: task.client, identity }
    }

    async fn get(&mut self, path: &str) -> Bytes {
        self.send("medialive", request(path).body(Bytes::new()).unwrap()).await
    }

    async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: Bytes) {
        let mut request = request(path).method(Method::POST);
        for &(name, value) in headers {
            request = request.header(name, value);
        }
        let service = if path == "/" { "rekognition" } else { "monitoring" };
        self.send(service, request.body(body).unwrap()).await;
    }

    /// Sends a request and returns the body of the response, which has to be a success.
    async fn send(&mut self, service: &str, mut request: Request<Bytes>) -> Bytes {
        let path = request.uri().clone();
        if self.client == Client::Signing {
            self.sign(service, &mut request);
        }
        self.sender.ready().await.unwrap();
        let response = self.sender.send_request(request.map(Full::new)).await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.into_body().collect().await.unwrap().to_bytes()
    }

    fn sign(&self, service: &str, request: &mut Request<Bytes>) {
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region("eu-west-1")
            .name(service)
            .time(std::time::SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let uri = request.uri().to_string();
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let body = SignableBody::Bytes(request.body());
        let signable = SignableRequest::new(request.method().as_str(), uri, headers, body);
        let signed = sign(signable.unwrap(), &parameters).unwrap();
        signed.into_parts().0.apply_to_request_http1x(request);
    }
}

fn request(path: &str) -> Builder {
    Request::builder().uri(path).header("host", "127.0.0.1")
}

/// The bodies of a round's PutMetricData calls, compressed like the monitor's.
fn put_bodies(datapoints: usize) -> Vec<Bytes> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let numbers: Vec<_> = (0..datapoints).collect();
    numbers.chunks(MAX_DATAPOINTS).map(|chunk| compress(&put_request(chunk, now))).collect()
}

fn put_request(chunk: &[usize], now: u64) -> ciborium::Value {
    let datum = |&number: &usize| {
        cbor!({
            "MetricName" => "FrozenSeconds",
            "Dimensions" => [
                { "Name" => "ChannelId", "Value" => fleet::channel_id(number) },
                { "Name" => "Pipeline", "Value" => "0" },
            ],
            "Timestamp" => ciborium::Value::Tag(1, Box::new(now.into())),
            "Value" => 0.0,
            "Unit" => "None",
            "StorageResolution" => 1,
        })
        .unwrap()
    };
    let data: Vec<_> = chunk.iter().map(datum).collect();
    cbor!({ "Namespace" => "EmlRekognitionWatcher", "MetricData" => data }).unwrap()
}

fn compress(request: &ciborium::Value) -> Bytes {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    ciborium::into_writer(request, &mut gzip).unwrap();
    gzip.finish().unwrap().into()
}
