//! The widget's description of itself: the Markdown that the console shows beside the parameters in
//! its editor.

use std::fmt::Write;

use super::request::PARAMETERS;

/// The description. The console fills in the parameters from its first block of YAML.
pub(super) fn markdown() -> String {
    let mut text = String::from(
        "## MediaLive picture wall\n\n\
         What every running MediaLive source looks like now, with its condition, how long it has \
         lasted, and what it showed in the last five minutes. Both pipelines of a channel stand \
         together; channels in trouble come first, the newest trouble first. Click on a picture to see \
         the channel large.\n\n\
         Pictures are the thumbnails that MediaLive makes of the *source*, before any processing. \
         Conditions are the ones that the source monitor published; without it, the wall shows pictures \
         alone.\n\n\
         ### Parameters\n\nAll can be left out.\n\nParameter | Accepts | Meaning\n---|---|---\n",
    );
    for parameter in PARAMETERS {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "**{}** | {} | {}",
            parameter.name, parameter.accepts, parameter.meaning
        );
    }
    text.push_str(
        "\n### Example\n\n```yaml\nonlyFaulty: false\nperPage: 40\n```\n\n\
         Each view asks MediaLive for a thumbnail of every feed on the page, and CloudWatch for five \
         metrics of every feed that is selected ($0.01 per 1,000 metrics). Mind the dashboard's refresh \
         interval.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_described_and_the_first_yaml_block_holds_existing_ones() {
        let text = markdown();
        for parameter in PARAMETERS {
            assert!(text.contains(&format!("**{}** | {}", parameter.name, parameter.accepts)));
        }
        let block =
            text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let named: Vec<_> =
            block.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
        assert_eq!(named, ["onlyFaulty", "perPage"]);
    }
}
