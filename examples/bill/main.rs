//! Prints what the stack costs in a month, for fleets of given sizes.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use medialive_source_monitor::bill::bill;

const HELP: &str = "\
Prints what the stack costs in a month, line by line, before and after.

  cargo run --example bill
  ... -- --feeds 1,10,40,100,300   numbers of feeds, one column each
  ... -- --rekognition 60          RekognitionInterval: whole seconds, or 0 for never
";

fn main() {
    match parse(std::env::args().skip(1)) {
        Ok(Some((feeds, rekognition))) => print!("{}", bill(&feeds, rekognition)),
        Ok(None) => print!("{HELP}"),
        Err(message) => {
            eprint!("{message}\n\n{HELP}");
            std::process::exit(2);
        }
    }
}

/// The numbers of feeds and the interval; `None` if help is asked for.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<(Vec<usize>, u32)>, String> {
    let (mut feeds, mut rekognition) = (vec![1, 10, 40, 100, 300], 60);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--help" => return Ok(None),
            "--feeds" => {
                let numbers: Result<_, _> = value.split(',').map(str::parse).collect();
                feeds = numbers.map_err(|_| {
                    format!("--feeds {value}: whole numbers with commas, such as 10,40")
                })?;
            }
            "--rekognition" => {
                rekognition =
                    value.parse().ok().filter(|seconds| *seconds <= 86_400).ok_or_else(|| {
                        format!("--rekognition {value}: whole seconds from 0 to 86400")
                    })?;
            }
            _ => return Err(format!("unknown argument {argument}")),
        }
    }
    Ok(Some((feeds, rekognition)))
}
