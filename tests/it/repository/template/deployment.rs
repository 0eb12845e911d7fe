//! What is deployed: the architecture, the version, and what the files around the template say.

use std::fs;

use super::read::{of_type, template};

fn read(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `sam build` and `sam deploy` read the template. A second place, such as a parameter that only
/// one of them is given, would let them disagree.
#[test]
fn the_architecture_is_defined_once_for_build_and_deployment() {
    let template = template();
    assert_eq!(template["Globals"]["Function"]["Architectures"], serde_json::json!(["arm64"]));
    assert!(template["Parameters"].get("Architecture").is_none());
    for (function, properties) in of_type(&template, "AWS::Serverless::Function") {
        assert!(properties.get("Architectures").is_none(), "{function}");
    }
    let configuration = read("samconfig.toml");
    for word in ["arm64", "x86_64", "Architecture"] {
        assert!(!configuration.contains(word), "samconfig.toml mentions {word}");
    }
    assert!(read("docs/operations.md").contains("`Architectures: [x86_64]`"));
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(template()["Outputs"]["Version"]["Value"], env!("CARGO_PKG_VERSION"));
}

/// A guided deployment writes its answers into the file that it is given. The documentation gives
/// it a copy that Git ignores.
#[test]
fn a_deployment_writes_no_answers_into_a_tracked_file() {
    let configuration = read("samconfig.toml");
    assert!(!configuration.contains("parameter_overrides"));
    assert!(configuration.contains("confirm_changeset = false"), "a deployment asks nothing");
    assert!(configuration.contains("fail_on_empty_changeset = false"));
    assert!(read(".gitignore").lines().any(|line| line == "/samconfig.local.toml"));
    let page = read("docs/operations.md");
    assert!(page.contains("sam deploy --guided --config-file samconfig.local.toml"));
}
