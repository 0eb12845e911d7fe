//! The baseline: CPU time of the same requests with as little as possible around them.
//!
//! Bare HTTP/1.1 connections, without signatures, retries or types. The thumbnail's base64 is found
//! by its quotes and decoded, the JPEG is decoded to luma in full, and it is sent on in base64.
//! Datapoints are encoded and compressed once and sent in each round. The client runs in a process
//! of its own and measures itself.

use std::{cell::Cell, process::Command, rc::Rc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ciborium::cbor;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, client::conn::http1::SendRequest, http::request::Builder};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::LocalSet};
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

/// What the baseline client has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    address: String,
    feeds: usize,
    concurrency: usize,
    rounds: usize,
    /// Datapoints per round.
    datapoints: usize,
}

impl Task {
    /// Parses the argument of `--baseline`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let words: Vec<_> = text.split(',').collect();
        let [address, feeds, concurrency, rounds, datapoints] = words[..] else {
            return Err("--baseline is for the driver itself".to_owned());
        };
        Ok(Self {
            address: address.to_owned(),
            feeds: number(feeds)?,
            concurrency: number(concurrency)?,
            rounds: number(rounds)?,
            datapoints: number(datapoints)?,
        })
    }

    fn write(&self) -> String {
        let Self { address, feeds, concurrency, rounds, datapoints } = self;
        format!("{address},{feeds},{concurrency},{rounds},{datapoints}")
    }
}

/// CPU time that the baseline client needs for a sample, in a process of its own, for the same load
/// as in `run`.
pub(crate) fn measure(arguments: &Arguments, feeds: usize, run: &Run) -> Duration {
    let aws = fleet::stand_in(feeds, arguments.latency);
    let task = Task {
        address: format!("127.0.0.1:{}", aws.port()),
        feeds,
        concurrency: arguments.concurrency,
        rounds: arguments.rounds,
        datapoints: run.datapoints,
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
    let mut connection = Connection::open(&task.address).await;
    for _ in 0..task.feeds.div_ceil(PAGE_SIZE) {
        connection.get("/prod/channels?maxResults=100").await;
    }
    let next_feed = Rc::new(Cell::new(0));
    let samplers = LocalSet::new();
    for _ in 0..task.concurrency.min(task.feeds) {
        let (next_feed, task) = (Rc::clone(&next_feed), task.clone());
        samplers.spawn_local(async move {
            let mut connection = Connection::open(&task.address).await;
            while next_feed.get() < task.feeds {
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
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let luma = JpegDecoder::new_with_options(ZCursor::new(&jpeg), options).decode().unwrap();
    assert!(!std::hint::black_box(luma).is_empty());
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
struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    async fn get(&mut self, path: &str) -> Bytes {
        self.send(request(path).body(Full::default()).unwrap()).await
    }

    async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: Bytes) {
        let mut request = request(path).method(Method::POST);
        for &(name, value) in headers {
            request = request.header(name, value);
        }
        self.send(request.body(Full::new(body)).unwrap()).await;
    }

    /// Sends a request and returns the body of the response, which has to be a success.
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Bytes {
        let path = request.uri().clone();
        self.0.ready().await.unwrap();
        let response = self.0.send_request(request).await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.into_body().collect().await.unwrap().to_bytes()
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
