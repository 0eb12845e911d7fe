//! The repository tests itself: what the README and the docs say is what the code does, and what they link to is there.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use medialive_source_monitor::{
    metric::{Metric, Scope},
    settings::Settings,
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words in backquotes at the beginning of a table's rows.
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
fn the_readme_lists_every_setting_and_no_other() {
    let asked = RefCell::new(BTreeSet::new());
    Settings::read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    assert_eq!(rows(&read("README.md"), "## Settings"), asked.into_inner());
}

#[test]
fn the_readme_lists_every_metric_and_no_other() {
    let all: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.name().to_owned()).collect();
    assert_eq!(rows(&read("README.md"), "## Metrics"), all);
}

#[test]
fn the_readme_lists_every_condition() {
    let conditions = rows(&read("README.md"), "## What it tells");
    let expected =
        ["unknown", "no_picture", "stale", "bars", "black", "flat", "frozen", "frozen_background", "moving"];
    assert_eq!(conditions, expected.map(String::from).into());
}

#[test]
fn metrics_have_names_of_their_own_and_a_scope() {
    let names: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(names.len(), Metric::ALL.len());
    assert!(Metric::DEFAULT.iter().all(|metric| metric.scope() == Scope::Feed));
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut pages = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    pages.extend(fs::read_dir(root().join("docs")).unwrap().map(|page| page.unwrap().path()));
    for page in pages.iter().filter(|page| page.extension().is_some_and(|kind| kind == "md")) {
        let text = fs::read_to_string(page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap();
            let target = page.parent().unwrap().join(file);
            assert!(target.exists(), "{} links to {link}, which is not there", page.display());
        }
    }
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    fn walk(folder: &Path, long: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, long);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.starts_with("//!"), "{} doesn't say what it is for", path.display());
                if text.lines().count() > 400 {
                    long.push(path.display().to_string());
                }
            }
        }
    }
    let mut long = Vec::new();
    for folder in ["src", "examples", "tests", "benches"] {
        if root().join(folder).exists() {
            walk(&root().join(folder), &mut long);
        }
    }
    assert_eq!(long, Vec::<String>::new());
}
