//! The wall without tiles: there is nothing to show, or parameters are invalid.

use maud::{Markup, html};
use source_detection::variables::InvalidSetting;

use super::{frame::frame, icon, words};
use crate::multiviewer::{
    request::{Canvas, View},
    select::Selected,
};

/// Why there are no tiles.
pub(super) fn nothing_to_show(selected: &Selected, view: &View) -> Markup {
    let counts = &selected.counts;
    let filtered = view.tag.is_some() || !view.channels.is_empty();
    html! {
        div.msm-message {
            @if counts.feeds > 0 {
                p.msm-large { (icon::check()) " No feed is in trouble" }
                p {
                    (words::count(counts.feeds, "feed"))
                    " selected; onlyFaulty leaves out those that are known to be well."
                }
            } @else if filtered {
                p.msm-large { "No running channel is selected" }
                p { "No channel on air has one of the ids in channels and carries tag." }
            } @else {
                p.msm-large { "No channel is running" }
                p { "The wall shows channels that start, run, recover or are updated." }
            }
        }
    }
}

/// The page that names invalid parameters and what they accept.
#[must_use]
pub fn invalid_parameters(invalid: &[InvalidSetting], canvas: Canvas) -> String {
    let message = html! {
        div.msm-message role="alert" {
            p.msm-large { (words::count(invalid.len(), "parameter")) " can't be used" }
            ul {
                @for InvalidSetting { name, value, accepts } in invalid {
                    li {
                        @match value {
                            Some(value) => {
                                code { (name) } " is " code { (value) } "; it takes " (accepts) "."
                            },
                            None => {
                                "There is no parameter " code { (name) } "; there are " (accepts) "."
                            },
                        }
                    }
                }
            }
            p { "Change them under Edit widget, or in the dashboard's source under params." }
        }
    };
    frame(canvas, &message).into_string()
}
