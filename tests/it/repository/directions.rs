//! The direction of imports. Modules are declared in reading order, and a module imports only those
//! that are declared before it. The crates that must not know AWS or the monitor do not depend on
//! them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use regex_lite::{Captures, Regex};

/// Modules whose submodules are declared in reading order: the source folder of a crate, and a path
/// from its root.
const ORDERED: [(&str, &[&str]); 6] = [
    ("src", &[]),
    ("src", &["monitor"]),
    ("src", &["multiviewer"]),
    ("src", &["notifier"]),
    ("crates/detection/src", &[]),
    ("crates/stand-in/src", &[]),
];

/// The smallest number of imports that the check must find. Fewer mean that it no longer reads
/// them.
const MIN_IMPORTS: usize = 200;

/// A path to a module or an item from the root of its crate.
type ModulePath = Vec<String>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder, except what was built or generated.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The code without comments and without the content of literals, which may contain anything.
fn code(text: &str) -> String {
    let opaque = [
        r"//[^\n]*",
        r"/\*[\s\S]*?\*/",
        r##"\br#+"[\s\S]*?"#+"##,
        r#"\br"[^"]*""#,
        r#""(?:[^"\\]|\\[\s\S])*""#,
        r"'(?:[^'\\\n]|\\[^\n]{1,10}?)'",
    ];
    let replacement = |found: &Captures<'_>| if found[0].starts_with('/') { " " } else { "\"\"" };
    Regex::new(&opaque.join("|")).unwrap().replace_all(text, replacement).into_owned()
}

/// The module of a file, whose path is relative to the source folder: `monitor/round.rs` is
/// `[monitor, round]`.
fn module_of(file: &Path) -> ModulePath {
    let mut path: ModulePath =
        file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if matches!(path.last().map(String::as_str), Some("mod" | "lib")) {
        path.pop();
    }
    path
}

/// The modules that a file declares, in order.
fn declared(code: &str) -> Vec<String> {
    let declaration = Regex::new(r"(?m)^(?:pub(?:\([a-z]+\))? )?mod ([a-z0-9_]+);").unwrap();
    declaration.captures_iter(code).map(|found| found[1].to_owned()).collect()
}

/// The modules that are declared in the file itself, with their bodies: name, and range in the
/// code.
fn inline_modules(code: &str) -> Vec<(String, Range<usize>)> {
    let opening = Regex::new(r"\bmod ([a-z0-9_]+) \{").unwrap();
    let body = |found: Captures<'_>| {
        let start = found.get(0).unwrap().end();
        let mut depth = 1;
        let closing = code[start..].find(|letter| {
            depth += match letter {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        (found[1].to_owned(), start..start + closing.expect("braces are balanced"))
    };
    opening.captures_iter(code).map(body).collect()
}

/// The paths in a `use` tree: `a::{B, c::{self, D as E}}` is `a::B`, `a::c::self` and `a::c::D as
/// E`.
fn flatten(tree: &str) -> Vec<String> {
    let Some((prefix, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let inner = &rest[..rest.rfind('}').expect("braces are balanced")];
    let (mut depth, mut start, mut branches) = (0, 0, Vec::new());
    for (position, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&inner[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    branches.push(&inner[start..]);
    let branches = branches.into_iter().filter(|branch| !branch.trim().is_empty());
    branches.flat_map(flatten).map(|path| format!("{}{path}", prefix.trim())).collect()
}

/// Every path of a file that starts at the crate or at a module above it, from the root of the
/// crate: the paths of `use` declarations and those that are written where an item is used.
fn imports(module: &[String], code: &str) -> Vec<ModulePath> {
    let declaration = Regex::new(r"\buse\s+((?:crate|super|self)\b[^;]*);").unwrap();
    let inline = Regex::new(r"\b(?:crate|super|self)(?:::[A-Za-z0-9_]+)+").unwrap();
    let inline_modules = inline_modules(code);
    let mut found: Vec<(usize, String)> = Vec::new();
    for import in declaration.captures_iter(code) {
        let position = import.get(0).unwrap().start();
        found.extend(flatten(&import[1]).into_iter().map(|path| (position, path)));
    }
    // Blank out the declarations, so that every other position stays the same.
    let rest = declaration.replace_all(code, |import: &Captures<'_>| " ".repeat(import[0].len()));
    found.extend(inline.find_iter(&rest).map(|path| (path.start(), path.as_str().to_owned())));
    let enclosing = |position: usize| {
        let enclosing = inline_modules.iter().filter(move |(_, body)| body.contains(&position));
        module.iter().chain(enclosing.map(|(name, _)| name)).cloned().collect::<ModulePath>()
    };
    found.into_iter().map(|(position, path)| resolved(&enclosing(position), &path)).collect()
}

/// A path that starts with `crate`, `super` or `self`, as one from the root of the crate.
fn resolved(module: &[String], path: &str) -> ModulePath {
    let mut absolute = module.to_vec();
    let without_alias = path.split(" as ").next().unwrap();
    for part in without_alias.split("::").map(str::trim) {
        match part {
            "crate" => absolute.clear(),
            "super" => {
                absolute.pop().expect("the root of the crate has no parent");
            }
            "self" => {}
            name => absolute.push(name.to_owned()),
        }
    }
    absolute
}

/// A module whose submodules are declared in reading order.
#[derive(Debug)]
struct Ordered {
    path: &'static [&'static str],
    order: Vec<String>,
    /// The submodule of each name that the module itself imports, and that its submodules can
    /// import from it.
    imported: BTreeMap<String, String>,
}

impl Ordered {
    fn read(source: &Path, path: &'static [&'static str]) -> Self {
        let file = if path.is_empty() { "lib.rs" } else { "mod.rs" };
        let code = code(&read(&source.join(path.join("/")).join(file)));
        let order = declared(&code);
        let declaration = Regex::new(r"\buse\s+([^;]+);").unwrap();
        let mut imported = BTreeMap::new();
        for import in declaration.captures_iter(&code) {
            for path in flatten(&import[1]) {
                let (submodule, rest) =
                    path.trim_start_matches("self::").split_once("::").unwrap_or_default();
                if order.iter().any(|declared| declared == submodule) {
                    let name = rest.rsplit([':', ' ']).next().unwrap();
                    imported.insert(name.to_owned(), submodule.to_owned());
                }
            }
        }
        Self { path, order, imported }
    }

    /// The submodule that a path leads to, or else the item of this module; `None` for a path that
    /// leads elsewhere.
    fn submodule<'a>(&'a self, path: &'a [String]) -> Option<&'a str> {
        if path.iter().zip(self.path).any(|(part, own)| part != own) {
            return None;
        }
        let name = path.get(self.path.len())?;
        Some(self.imported.get(name).unwrap_or(name))
    }

    /// The position of a submodule; `None` for an item of the module itself, which all submodules
    /// may use.
    fn position(&self, submodule: &str) -> Option<usize> {
        self.order.iter().position(|declared| declared == submodule)
    }

    /// The imports between submodules in a file of this module: from which one, and of which one.
    fn imports_between<'a>(
        &'a self,
        module: &'a [String],
        paths: &'a [ModulePath],
    ) -> Vec<(&'a str, &'a str)> {
        let Some(from) = self.submodule(module) else { return Vec::new() };
        let imported = paths.iter().filter_map(|path| self.submodule(path));
        imported.filter(|of| *of != from).map(|of| (from, of)).collect()
    }

    fn is_allowed(&self, (from, of): (&str, &str)) -> bool {
        match self.position(of) {
            // A module that is not declared has no position after the imported one.
            Some(declared) => self.position(from).is_some_and(|position| declared < position),
            // Everything would include the submodules.
            None => of != "*",
        }
    }
}

#[test]
fn no_module_imports_one_that_is_declared_after_it() {
    let (mut examined, mut wrong) = (0, Vec::new());
    for (folder, path) in ORDERED {
        let source = root().join(folder);
        let ordered = Ordered::read(&source, path);
        for file in rust_files(&source) {
            let relative = file.strip_prefix(&source).unwrap();
            // Each of these is a crate of its own.
            if relative.starts_with("bin") {
                continue;
            }
            let module = module_of(relative);
            let paths = imports(&module, &code(&read(&file)));
            for import in ordered.imports_between(&module, &paths) {
                examined += 1;
                if !ordered.is_allowed(import) {
                    wrong.push(format!(
                        "{folder}/{}: {} imports {}",
                        relative.display(),
                        import.0,
                        import.1
                    ));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(examined >= MIN_IMPORTS, "only {examined} imports were found: has their form changed?");
}

#[test]
fn imports_are_read_in_every_form() {
    let text = "use super::{a::B, c::{self, D as E}};\npub use crate::x::*; // use crate::y::Z;\n\
                fn f() { crate::z::g(\"crate::s::t\"); }\n\
                mod tests { use super::*; fn f() { super::super::w::v('{'); } }\nfn g(h: self::i::J) {}\n";
    let module = ["monitor".to_owned(), "round".to_owned()];
    let mut found: Vec<_> =
        imports(&module, &code(text)).iter().map(|path| path.join("::")).collect();
    found.sort();
    let expected = [
        "monitor::a::B",
        "monitor::c",
        "monitor::c::D",
        "monitor::round::*",
        "monitor::round::i::J",
        "monitor::w::v",
        "x::*",
        "z::g",
    ];
    assert_eq!(found, expected);
}

/// The packages that a manifest names in any section of dependencies, for builds and tests too: the
/// keys, and the names behind renamed ones.
fn packages(manifest: &str) -> BTreeSet<String> {
    let renamed = Regex::new(r#"\bpackage *= *"([^"]+)""#).unwrap();
    let (mut packages, mut is_in_section) = (BTreeSet::new(), false);
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            is_in_section = header.ends_with("dependencies");
            // `[dependencies.tokio]`
            packages.extend(header.split_once("dependencies.").map(|(_, name)| name.to_owned()));
        } else if is_in_section && let Some((key, value)) = line.split_once('=') {
            // `tokio.workspace = true`
            packages.insert(key.trim().split('.').next().unwrap().trim_matches('"').to_owned());
            packages.extend(renamed.captures(value).map(|found| found[1].to_owned()));
        }
    }
    packages
}

#[test]
fn the_detection_crate_depends_on_neither_aws_nor_async_code() {
    let packages = packages(&read(&root().join("crates/detection/Cargo.toml")));
    assert!(packages.contains("memchr"), "{packages:?}");
    let foreign = ["tokio", "hyper", "aws", "futures", "lambda"];
    let found: Vec<_> = packages
        .iter()
        .filter(|package| foreign.iter().any(|name| package.starts_with(name)))
        .collect();
    assert_eq!(found, Vec::<&String>::new());
}

#[test]
fn the_stand_in_depends_on_neither_the_monitor_nor_the_detection() {
    let packages = packages(&read(&root().join("crates/stand-in/Cargo.toml")));
    assert!(packages.contains("hyper"), "{packages:?}");
    for of_the_monitor in ["medialive-source-monitor", "source-detection"] {
        assert!(!packages.contains(of_the_monitor), "{of_the_monitor}");
    }
}

#[test]
fn only_tests_mount_files_by_path() {
    let path_attribute = Regex::new(r"#!?\[\s*(?:cfg_attr\([^\]]*)?\bpath\s*=").unwrap();
    let mut found = Vec::new();
    for folder in ["src", "crates", "examples", "benches", "fuzz"] {
        let files = rust_files(&root().join(folder));
        assert!(!files.is_empty(), "{folder} has no Rust file");
        found.extend(files.into_iter().filter(|file| path_attribute.is_match(&code(&read(file)))));
    }
    assert_eq!(found, Vec::<PathBuf>::new());
}
