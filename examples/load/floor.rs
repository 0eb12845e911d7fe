//! The floor: what the same requests cost with as little as possible around them.
//!
//! Bare HTTP/1.1 connections, no signature, no retries, no types. The thumbnail's base64 is found by its quotes and
//! decoded, the JPEG is decoded to luma in full, and it is sent on in base64. Datapoints are encoded and compressed once
//! and sent each round. It runs in a process of its own, and measures itself.

use std::{cell::Cell, process::Command, rc::Rc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ciborium::cbor;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::LocalSet};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use crate::{
    arguments::{Arguments, number},
    fleet::{self, PAGE},
    monitor::Run,
    process::Process,
};

/// Datapoints in one call.
const POINTS_A_CALL: usize = 1_000;

/// What the floor client has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    address: String,
    feeds: usize,
    concurrency: usize,
    rounds: usize,
    /// Datapoints in a round.
    points: usize,
}

impl Task {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let words: Vec<_> = text.split(',').collect();
        let [address, feeds, concurrency, rounds, points] = words[..] else {
            return Err("--floor is for the driver itself".to_owned());
        };
        Ok(Self {
            address: address.to_owned(),
            feeds: number(feeds)?,
            concurrency: number(concurrency)?,
            rounds: number(rounds)?,
            points: number(points)?,
        })
    }

    fn write(&self) -> String {
        let Self { address, feeds, concurrency, rounds, points } = self;
        format!("{address},{feeds},{concurrency},{rounds},{points}")
    }
}

/// CPU time of a sample, by the floor client in a process of its own, for a run like this one.
pub(crate) fn measure(said: &Arguments, feeds: usize, run: &Run) -> Duration {
    let aws = fleet::stand_in(feeds, said.latency);
    let task = Task {
        address: format!("127.0.0.1:{}", aws.port()),
        feeds,
        concurrency: said.concurrency,
        rounds: said.rounds,
        points: run.points,
    };
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--floor", &task.write()])
        .output()
        .expect("the driver starts itself");
    let text = String::from_utf8(output.stdout).unwrap();
    let nanoseconds: f64 = text.trim().parse().unwrap_or_else(|_| panic!("{text:?}"));
    Duration::from_secs_f64(nanoseconds / 1e9)
}

/// One warm-up round, then the measured ones; prints nanoseconds of CPU time for each sample.
pub(crate) async fn run(task: &Task) {
    let puts = puts(task.points);
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
    let mut line = Line::open(&task.address).await;
    for _ in 0..task.feeds.div_ceil(PAGE) {
        line.ask(Method::GET, "/prod/channels?maxResults=100", &[], Bytes::new()).await;
    }
    let next = Rc::new(Cell::new(0));
    let lookers = LocalSet::new();
    for _ in 0..task.concurrency.min(task.feeds) {
        let (next, task) = (Rc::clone(&next), task.clone());
        lookers.spawn_local(async move {
            let mut line = Line::open(&task.address).await;
            while next.get() < task.feeds {
                look(&mut line, next.replace(next.get() + 1)).await;
            }
        });
    }
    lookers.await;
    for put in puts {
        let headers = [
            ("smithy-protocol", "rpc-v2-cbor"),
            ("content-type", "application/cbor"),
            ("accept", "application/cbor"),
            ("content-encoding", "gzip"),
        ];
        let path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
        line.ask(Method::POST, path, &headers, put.clone()).await;
    }
}

/// One sample: thumbnail, pixels, Rekognition.
async fn look(line: &mut Line, feed: usize) {
    let path = format!(
        "/prod/channels/{}/thumbnails?pipelineId=0&thumbnailType=CURRENT_ACTIVE",
        fleet::channel_id(feed)
    );
    let answer = line.ask(Method::GET, &path, &[], Bytes::new()).await;
    let (_, body) = answer.split_at(find(&answer, b"\"body\":\"") + 8);
    let jpeg = STANDARD.decode(&body[..find(body, b"\"")]).unwrap();
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let luma = JpegDecoder::new_with_options(ZCursor::new(&jpeg), options).decode().unwrap();
    assert!(std::hint::black_box(luma).len() > PAGE);
    let mut question = String::from(r#"{"Image":{"Bytes":""#);
    question.reserve(jpeg.len() * 4 / 3 + 64);
    STANDARD.encode_string(&jpeg, &mut question);
    question.push_str(r#""},"Features":["IMAGE_PROPERTIES"]}"#);
    let headers =
        [("x-amz-target", "RekognitionService.DetectLabels"), ("content-type", "application/x-amz-json-1.1")];
    line.ask(Method::POST, "/", &headers, question.into()).await;
}

fn find(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|part| part == text).expect("the stand-in's own form")
}

/// A connection.
struct Line(SendRequest<Full<Bytes>>);

impl Line {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (line, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(line)
    }

    async fn ask(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Bytes {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1");
        for &(name, value) in headers {
            request = request.header(name, value);
        }
        self.0.ready().await.unwrap();
        let answer = self.0.send_request(request.body(Full::new(body)).unwrap()).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.into_body().collect().await.unwrap().to_bytes()
    }
}

/// The bodies of a round's PutMetricData calls: like the monitor's, compressed.
fn puts(points: usize) -> Vec<Bytes> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let numbers: Vec<_> = (0..points).collect();
    numbers.chunks(POINTS_A_CALL).map(|chunk| compressed(&call(chunk, now))).collect()
}

fn call(chunk: &[usize], now: u64) -> ciborium::Value {
    let data: Vec<_> = chunk
        .iter()
        .map(|&number| {
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
        })
        .collect();
    cbor!({ "Namespace" => "EmlRekognitionWatcher", "MetricData" => data }).unwrap()
}

fn compressed(call: &ciborium::Value) -> Bytes {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    ciborium::into_writer(call, &mut gzip).unwrap();
    gzip.finish().unwrap().into()
}
