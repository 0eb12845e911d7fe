//! The repository tests itself: the documents say what the code does, what they cite and link to
//! exists, and the files follow the house style.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use medialive_source_monitor::{
    metric::{Metric, Scope},
    settings::{NotifierSettings, Settings},
};
use regex_lite::Regex;

/// Characters in a line of Rust or Markdown.
const LINE_WIDTH: usize = 100;

/// Folders that hold no text of ours.
const FOREIGN: [&str; 6] = [".git", ".aws-sam", "target", "corpus", "artifacts", "seeds"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file of the repository with one of these extensions (`""` for none), with its path from
/// the root and its text.
fn files(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_dir() {
                found.push(path);
            } else if !FOREIGN.iter().any(|name| path.ends_with(name)) {
                walk(&path, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found.retain(|path| {
        let extension = path.extension().unwrap_or_default();
        extensions.iter().any(|wanted| extension == *wanted)
    });
    found.sort();
    let text = |path: PathBuf| {
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.strip_prefix(root()).unwrap().to_owned(), text)
    };
    found.into_iter().map(text).collect()
}

/// The words in backquotes at the beginning of the rows of the tables below a heading.
fn rows(text: &str, heading: &str) -> BTreeSet<String> {
    let part = text.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    part.lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_configuration_page_lists_every_setting_and_no_other() {
    let asked = RefCell::new(BTreeSet::new());
    Settings::read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    assert_eq!(rows(&read("docs/configuration.md"), "## Settings\n"), asked.into_inner());
}

#[test]
fn the_configuration_page_lists_every_setting_of_the_notifier_and_no_other() {
    let asked = RefCell::new(BTreeSet::new());
    let _ = NotifierSettings::read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    let page = read("docs/configuration.md");
    assert_eq!(rows(&page, "## Settings of the notifier\n"), asked.into_inner());
}

#[test]
fn the_metrics_page_lists_every_metric_and_no_other() {
    let all: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.name().to_owned()).collect();
    assert_eq!(rows(&read("docs/metrics-and-events.md"), "## Metrics\n"), all);
}

#[test]
fn the_accuracy_page_lists_every_condition_and_no_other() {
    let conditions = rows(&read("docs/accuracy.md"), "## Detected faults\n");
    let expected = [
        "unknown",
        "no_picture",
        "stale",
        "slate",
        "bars",
        "black",
        "flat",
        "frozen",
        "frozen_background",
        "repeating",
        "partial",
        "mismatch",
        "moving",
    ];
    assert_eq!(conditions, expected.map(String::from).into());
}

#[test]
fn metrics_have_names_of_their_own_and_a_scope() {
    let names: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(names.len(), Metric::ALL.len());
    assert!(Metric::DEFAULT.iter().all(|metric| metric.scope() == Scope::Feed));
}

/// GitHub's anchors of the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    let anchor = |line: &str| {
        line.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect()
    };
    headings.map(anchor).map(|anchor: String| anchor.replace(' ', "-")).collect()
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let link = Regex::new(r#"\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)""#).unwrap();
    for (page, text) in files(&["md"]) {
        for found in link.captures_iter(&text) {
            let link = found.get(1).or(found.get(2)).unwrap().as_str();
            if link.starts_with("http") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let from = root().join(&page);
            let target = if file.is_empty() { from } else { from.parent().unwrap().join(file) };
            assert!(target.exists(), "{} links to {link}, which does not exist", page.display());
            if !anchor.is_empty() {
                let headings = anchors(&fs::read_to_string(&target).unwrap());
                assert!(
                    headings.contains(anchor),
                    "{} links to {link}: no such heading",
                    page.display()
                );
            }
        }
    }
}

#[test]
fn every_document_that_the_code_mentions_exists() {
    let document = Regex::new(r"\bdocs/[a-z-]+\.(md|png|svg)\b").unwrap();
    for (file, text) in files(&["rs", "toml", "yaml", "yml", "py"]) {
        for mentioned in document.find_iter(&text) {
            let mentioned = mentioned.as_str();
            assert!(root().join(mentioned).exists(), "{} mentions {mentioned}", file.display());
        }
    }
}

#[test]
fn every_test_that_a_document_cites_exists() {
    const FEWEST: usize = 50;
    let function = Regex::new(r"\bfn ([a-z0-9_]+)").unwrap();
    let citation = Regex::new(r"`(?:[a-z0-9_]+::)+([a-z0-9]+(?:_[a-z0-9]+)+)`").unwrap();
    let mut functions = BTreeSet::new();
    for (_, text) in files(&["rs"]) {
        functions.extend(function.captures_iter(&text).map(|found| found[1].to_owned()));
    }
    let mut cited = 0;
    for (page, text) in files(&["md"]) {
        for found in citation.captures_iter(&text) {
            cited += 1;
            assert!(
                functions.contains(&found[1]),
                "{} cites {}: no such test",
                page.display(),
                &found[0]
            );
        }
    }
    assert!(cited >= FEWEST, "only {cited} citations were found: has their form changed?");
}

#[test]
fn every_source_file_says_what_it_is_for_and_has_at_most_400_lines() {
    for (file, text) in files(&["rs"]) {
        assert!(text.starts_with("//!"), "{} does not say what it is for", file.display());
        let lines = text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}

/// The lines of prose: in Markdown neither code blocks nor tables nor HTML nor a command's output,
/// in Rust the comments without diagrams and tables. `cargo fmt` sees to the width of code.
fn prose_lines<'a>(file: &Path, text: &'a str) -> Vec<(usize, &'a str)> {
    let markdown = file.extension().is_some_and(|kind| kind == "md");
    let (mut in_block, mut in_output) = (false, false);
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let trimmed = line.trim_start();
        if !markdown && !trimmed.starts_with("//") {
            continue;
        }
        let prose = if markdown { trimmed } else { trimmed.trim_start_matches(['/', '!', ' ']) };
        if prose.starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if markdown && prose.starts_with("<!--") {
            in_output = !prose.contains(" end ");
        }
        if !in_block && !in_output && !prose.starts_with(['|', '<']) {
            lines.push((number, line));
        }
    }
    lines
}

/// Addresses and links cannot be broken.
#[test]
fn no_line_of_prose_is_longer_than_100_characters() {
    let mut long = Vec::new();
    for (file, text) in files(&["rs", "md"]) {
        for (number, line) in prose_lines(&file, &text) {
            let whole = line.contains("://") || line.contains("](");
            if !whole && line.chars().count() > LINE_WIDTH {
                long.push(format!("{}:{number}", file.display()));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn each_file_has_one_nested_use_for_each_root() {
    let import = Regex::new(r"(?m)^(?:pub(?:\([a-z]+\))? )?use [a-z_0-9]+").unwrap();
    let mut roots = 0;
    for (file, text) in files(&["rs"]) {
        let mut seen = BTreeSet::new();
        for root in import.find_iter(&text) {
            roots += 1;
            assert!(seen.insert(root.as_str()), "{}: {} twice", file.display(), root.as_str());
        }
    }
    assert!(roots >= 200, "only {roots} imports were found: has their form changed?");
}

#[test]
fn no_file_calls_the_aws_sample_by_a_private_name() {
    let name = Regex::new(r"(?i)\bthe s[e]ed\b").unwrap();
    let all = files(&["rs", "md", "yaml", "yml", "toml", "py", "json", ""]);
    let found: Vec<_> =
        all.iter().filter(|(_, text)| name.is_match(text)).map(|(file, _)| file).collect();
    assert_eq!(found, Vec::<&PathBuf>::new());
}

/// Words that have a better one: the left one is not to be found, the right one says what to write.
#[test]
fn every_text_is_in_the_terms_of_the_glossary() {
    let instead = [
        (r"^///? The same,", "a sentence that stands alone"),
        (r"(?i)\b(each|every|one|a|the) looks?\b[^-:]", "sample"),
        (
            r"\b(behavior|color|colors|gray|analyze|analyzes|recognize|labeled|initialize)\b",
            "British spelling",
        ),
    ];
    let rules = instead.map(|(word, better)| (Regex::new(word).unwrap(), better));
    let comment = Regex::new(r"//.*$").unwrap();
    let mut found = Vec::new();
    for (file, text) in files(&["rs", "md"]) {
        let markdown = file.extension().is_some_and(|kind| kind == "md");
        let comments = |line| comment.find(line).map(|found| found.as_str());
        let prose: Vec<_> = if markdown {
            prose_lines(&file, &text)
        } else {
            let lines = (1..).zip(text.lines());
            lines.filter_map(|(number, line)| Some((number, comments(line)?))).collect()
        };
        for (number, line) in prose {
            let broken = rules.iter().filter(|(word, _)| word.is_match(line));
            found.extend(
                broken.map(|(_, better)| format!("{}:{number}: write {better}", file.display())),
            );
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
