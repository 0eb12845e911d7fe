//! What a stack costs in a month, at the list prices of us-east-1 without free tiers. Pure; the
//! example `bill` prints it, and `docs/operations.md` shows what it prints.

pub mod month;

use std::fmt::Write;

use month::{HOURS, Publishing, Source, billed_hours};

/// A custom metric that receives data in every hour of a month, the first 10,000
/// (<https://aws.amazon.com/cloudwatch/pricing/>).
const METRIC: f64 = 0.30;

/// A metric beyond the first 10,000.
const FURTHER_METRIC: f64 = 0.10;

/// PutMetricData a call, and GetMetricData a metric (the same page).
const CLOUDWATCH_CALL: f64 = 0.01 / 1_000.0;

/// An alarm a metric (the same page).
const ALARM: f64 = 0.10;

/// A picture that Rekognition rates, the first million of a month
/// (<https://aws.amazon.com/rekognition/pricing/>).
const PICTURE: f64 = 0.000_75;

/// A picture beyond the first million. Prices fall further beyond what is computed here.
const FURTHER_PICTURE: f64 = 0.000_6;

/// Lambda on arm64, a GB-second (<https://aws.amazon.com/lambda/pricing/>).
const GB_SECOND: f64 = 0.000_013_333_4;

/// Lambda, an invocation.
const INVOCATION: f64 = 0.20 / 1_000_000.0;

/// Ticks, each of a minute, in a month.
const TICKS: f64 = 43_200.0;

/// Seconds in a tick.
const PERIOD: f64 = 60.0;

/// `DETECTION_INTERVAL` by default, in seconds.
const INTERVAL: f64 = 10.0;

/// A round's seconds without feeds, and for each feed: 32 at once, each API 100 ms away
/// (docs/performance.md).
const ROUND_SECONDS: (f64, f64) = (0.3, 0.0065);

/// Metrics of the fleet.
const FLEET_METRICS: f64 = 20.0;

/// Metrics that the stack's 21 alarms evaluate.
const ALARM_METRICS: f64 = 22.0;

/// Datapoints in one PutMetricData call.
const POINTS_PER_CALL: f64 = 1_000.0;

/// Three dollars for the dashboard, one for the key, and 0.1 GB of logs
/// (<https://aws.amazon.com/kms/pricing/>, and CloudWatch's page).
const OTHERS: f64 = 3.0 + 1.0 + 0.1 * 0.50;

/// How often a new process restores the fleet in a month: an assumption, every two hours. Lambda
/// does not document when it ends a process.
const RESTARTS: f64 = 360.0;

/// A line of the bill: the item, how it is calculated for *n* feeds, and dollars for each fleet.
struct Line {
    item: &'static str,
    calculation: String,
    dollars: Vec<f64>,
}

/// The bill for fleets of feeds without a fault, as Markdown: before, when each duration was
/// published in each slot, and after; then what faults add to the metrics of a feed.
/// `rekognition_interval` is in seconds; 0 is never.
#[must_use]
pub fn bill(feeds: &[usize], rekognition_interval: u32) -> String {
    let mut text = String::new();
    let versions = [
        (
            "Before: four durations in each slot, and a call for each round.",
            Publishing::FourInEachSlot,
            (7.0, [5.0, 0.0]),
        ),
        (
            "After: `FaultSeconds` in each slot, other durations while there is a fault, and a call for \
             each tick.",
            Publishing::Recent,
            // Of two feeds that are compared, a new process reads one metric more, and a view asks
            // whether any differ.
            (2.5, [1.0, 1.0]),
        ),
    ];
    for (title, publishing, (restored, shown)) in versions {
        let is_rated = rekognition_interval > 0;
        let published = hours_as_months(billed_hours(Source::Idle, publishing, is_rated));
        let rounds_in_call = if publishing == Publishing::Recent { rounds(INTERVAL) } else { 1.0 };
        let fleets = Fleets { feeds, published, rounds_in_call, restored, shown };
        write_table(&mut text, title, feeds, &fleets.lines(rekognition_interval));
        text.push('\n');
    }
    write_sources(&mut text);
    text.push('\n');
    write_intervals(&mut text);
    text
}

/// Rounds of a tick.
fn rounds(interval: f64) -> f64 {
    (PERIOD / interval).ceil()
}

/// For how many seconds a tick is billed: the first round begins at once, the tick ends with its
/// last one.
fn billed_seconds(feeds: f64, interval: f64) -> f64 {
    let (fixed, each) = ROUND_SECONDS;
    (rounds(interval) - 1.0) * interval + fixed + each * feeds
}

/// What the function costs in a month.
fn lambda(feeds: f64, interval: f64) -> f64 {
    TICKS * (billed_seconds(feeds, interval) * 0.125 * GB_SECOND + INVOCATION)
}

/// What PutMetricData costs in a month, with so many rounds of so many datapoints in a call.
fn put_metric_data(points: f64, interval: f64, rounds_in_call: f64) -> f64 {
    let calls = (rounds_in_call * points / POINTS_PER_CALL).ceil();
    TICKS * rounds(interval) / rounds_in_call * calls * CLOUDWATCH_CALL
}

/// The sizes of the fleets, how many metrics of each feed are published, restored by a new process,
/// and read by the picture wall, and how many rounds one PutMetricData call has.
struct Fleets<'a> {
    feeds: &'a [usize],
    published: f64,
    rounds_in_call: f64,
    restored: f64,
    /// For each feed, and for each view.
    shown: [f64; 2],
}

impl Fleets<'_> {
    fn lines(&self, rekognition_interval: u32) -> Vec<Line> {
        let mut lines = vec![
            self.lambda(),
            self.fixed("metrics of the fleet", "20 x $0.30", FLEET_METRICS * METRIC),
            self.feed_metrics(),
            self.put_metric_data(),
            self.restoring(),
            self.fixed("alarms", "21 alarms on 22 metrics x $0.10", ALARM_METRICS * ALARM),
            self.fixed("dashboard, KMS key, logs", "$3.00 + $1.00 + 0.1 GB x $0.50", OTHERS),
        ];
        lines.push(total("**total without Rekognition**", &lines));
        lines.push(self.rekognition(rekognition_interval));
        lines.push(total("**total**", &lines[lines.len() - 2..]));
        lines.push(self.wall());
        lines
    }

    /// A line whose dollars depend on the number of feeds.
    fn each(&self, item: &'static str, calculation: String, dollars: impl Fn(f64) -> f64) -> Line {
        let dollars = self.feeds.iter().map(|feeds| dollars(as_f64(*feeds as u64))).collect();
        Line { item, calculation, dollars }
    }

    fn fixed(&self, item: &'static str, calculation: &str, dollars: f64) -> Line {
        self.each(item, calculation.to_owned(), |_| dollars)
    }

    fn feed_metrics(&self) -> Line {
        let calculation = format!("n x {} x $0.30; $0.10 beyond 10,000 metrics", self.published);
        self.each("metrics of the feeds", calculation, |n| {
            let all = n * self.published + FLEET_METRICS;
            tiered(all, 10_000.0, METRIC, FURTHER_METRIC) - FLEET_METRICS * METRIC
        })
    }

    fn lambda(&self) -> Line {
        let (fixed, each) = ROUND_SECONDS;
        let calculation = format!(
            "43,200 ticks x ({} s + {each} n s) x 0.125 GB x $0.0000133334, and 43,200 x $0.20 / 1 M",
            (rounds(INTERVAL) - 1.0) * INTERVAL + fixed
        );
        self.each("Lambda, arm64, 128 MB", calculation, |n| lambda(n, INTERVAL))
    }

    fn put_metric_data(&self) -> Line {
        let (points, rounds_in_call) = (self.published, self.rounds_in_call);
        let calls = rounds(INTERVAL) / rounds_in_call;
        let calculation = format!(
            "{calls} x 43,200 x $0.01 / 1,000 for each 1,000 of {rounds_in_call} x (20 + {points} n) datapoints"
        );
        self.each("PutMetricData", calculation, |n| {
            put_metric_data(n * points + FLEET_METRICS, INTERVAL, rounds_in_call)
        })
    }

    fn restoring(&self) -> Line {
        let calculation = format!("360 new processes x {} n x $0.01 / 1,000", self.restored);
        self.each("GetMetricData, restoring", calculation, |n| {
            RESTARTS * self.restored * n * CLOUDWATCH_CALL
        })
    }

    fn rekognition(&self, interval: u32) -> Line {
        let pictures = if interval > 0 { 2_592_000.0 / f64::from(interval) } else { 0.0 };
        let calculation =
            format!("n x {} pictures x $0.00075; $0.0006 beyond 1 M", grouped(pictures));
        self.each("Rekognition", calculation, |n| {
            tiered(n * pictures, 1_000_000.0, PICTURE, FURTHER_PICTURE)
        })
    }

    fn wall(&self) -> Line {
        let [of_feed, of_view] = self.shown;
        let calculation =
            format!("43,200 x ({of_feed} n + {of_view}) x $0.01 / 1,000, in addition");
        let item = "a picture wall that is always open, refreshed every minute";
        self.each(item, calculation, |n| TICKS * (of_feed * n + of_view) * CLOUDWATCH_CALL)
    }
}

fn total(item: &'static str, lines: &[Line]) -> Line {
    let fleets = lines.first().map_or(0, |line| line.dollars.len());
    let dollars = (0..fleets).map(|fleet| lines.iter().map(|line| line.dollars[fleet]).sum());
    Line { item, calculation: String::new(), dollars: dollars.collect() }
}

/// What `count` costs if the first `limit` have another price than the others.
fn tiered(count: f64, limit: f64, price: f64, further_price: f64) -> f64 {
    count.min(limit) * price + (count - limit).max(0.0) * further_price
}

fn write_table(text: &mut String, title: &str, feeds: &[usize], lines: &[Line]) {
    let fleets: Vec<_> = feeds.iter().map(|feeds| format!(" n = {feeds} |")).collect();
    let fleets = fleets.concat();
    let columns = " ---: |".repeat(feeds.len());
    let mut write = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    write(format!("{title}\n\n| item | calculation |{fleets}\n| --- | --- |{columns}"));
    for Line { item, calculation, dollars } in lines {
        let dollars: Vec<_> =
            dollars.iter().map(|dollars| format!(" {} |", money(*dollars))).collect();
        let dollars = dollars.concat();
        write(format!("| {item} | {calculation} |{dollars}"));
    }
}

/// The metrics of a feed, by what its source does.
fn write_sources(text: &mut String) {
    let versions = [Publishing::FourInEachSlot, Publishing::Recent, Publishing::AllInEachSlot];
    text.push_str("A month of a feed's metrics, with ratings:\n\n");
    text.push_str("| its source | before | after | after, with `ZERO_DURATIONS` |\n");
    text.push_str("| --- | ---: | ---: | ---: |\n");
    for source in Source::ALL {
        let billed = versions.map(|publishing| {
            let hours = billed_hours(source, publishing, true);
            let dollars = hours_as_months(hours) * METRIC;
            format!(" {} h, {} |", grouped(as_f64(hours)), money(dollars))
        });
        let _ = writeln!(text, "| {} |{}", source.name(), billed.concat());
    }
}

/// What the interval between two samples costs, for ten feeds and one tick a minute.
fn write_intervals(text: &mut String) {
    let (feeds, points) = (10.0, 10.0 * 2.0 + FLEET_METRICS);
    text.push_str("`DetectionInterval`, for 10 feeds, without Rekognition:\n\n");
    text.push_str("| interval | rounds a tick | billed a tick | Lambda | PutMetricData: nothing is wrong, always something |\n");
    text.push_str("| ---: | ---: | ---: | ---: | ---: |\n");
    for interval in [2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0] {
        let rounds = rounds(interval);
        let billed = billed_seconds(feeds, interval);
        let put = [rounds, 1.0].map(|rounds| money(put_metric_data(points, interval, rounds)));
        let _ = writeln!(
            text,
            "| {interval} s | {rounds} | {billed:.1} s | {} | {}, {} |",
            money(lambda(feeds, interval)),
            put[0],
            put[1],
        );
    }
}

fn hours_as_months(hours: u64) -> f64 {
    as_f64(hours) / as_f64(HOURS)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn money(dollars: f64) -> String {
    let cents = (dollars * 100.0).round();
    format!("${}.{:02.0}", grouped((cents / 100.0).trunc()), cents % 100.0)
}

/// A whole number with a comma between thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{Metric, Scope};

    #[test]
    fn the_operations_page_shows_the_bill() {
        let page = include_str!("../../docs/operations.md");
        let bill = bill(&[1, 10, 40, 100, 300], 60);
        assert!(page.contains(&bill), "docs/operations.md should have this:\n{bill}");
    }

    #[test]
    fn the_fleets_metrics_are_counted() {
        let fleet = Metric::ALL.into_iter().filter(|metric| metric.scope() == Scope::Fleet);
        assert_eq!(as_f64(fleet.count() as u64).to_string(), FLEET_METRICS.to_string());
    }

    #[test]
    fn later_pictures_metrics_and_calls_are_counted_by_their_tiers() {
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(720.0), "720");
        assert_eq!([0.009, 17.999, 1_186.8].map(money), ["$0.01", "$18.00", "$1,186.80"]);
        assert!(
            (tiered(1_728_000.0, 1_000_000.0, PICTURE, FURTHER_PICTURE) - 1_186.8).abs() < 1e-6
        );
        let fleets = Fleets {
            feeds: &[490, 500],
            published: 2.0,
            rounds_in_call: 1.0,
            restored: 2.0,
            shown: [1.0, 1.0],
        };
        let lines = fleets.lines(0);
        let put = lines.iter().find(|line| line.item == "PutMetricData").unwrap();
        assert!(
            (put.dollars[1] / put.dollars[0] - 2.0).abs() < 1e-9,
            "1,020 datapoints are two calls"
        );
    }
}
