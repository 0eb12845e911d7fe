//! The wall without tiles: nothing to show, or parameters that can't be used.

use maud::{Markup, html};

use super::{framed, icon, words};
use crate::wall::{
    request::{Canvas, ParameterFault, View},
    select::Selected,
};

/// What is said instead of tiles.
pub(super) fn nothing(selected: &Selected, view: &View) -> Markup {
    let counts = &selected.counts;
    let filtered = view.tag.is_some() || !view.channels.is_empty();
    html! {
        div.msm-message {
            @if counts.feeds > 0 {
                p.msm-large { (icon::check()) " No feed is in trouble" }
                p { (words::count(counts.feeds, "feed")) " selected; onlyFaulty leaves out those that are known to be well." }
            } @else if filtered {
                p.msm-large { "No running channel is selected" }
                p { "No channel that is starting or running has one of the ids in channels and carries tag." }
            } @else {
                p.msm-large { "No channel is running" }
                p { "The wall shows channels that are starting or running." }
            }
        }
    }
}

/// What is wrong with the widget's parameters, and what they take.
pub(in crate::wall) fn refusal(faults: &[ParameterFault], canvas: Canvas) -> String {
    let message = html! {
        div.msm-message role="alert" {
            p.msm-large { (words::count(faults.len(), "parameter")) " can't be used" }
            ul {
                @for fault in faults {
                    li {
                        @match &fault.held {
                            Some(held) => {
                                code { (fault.name) } " is " code { (held) } "; it takes " (fault.takes) "."
                            },
                            None => {
                                "There is no parameter " code { (fault.name) } "; there are " (fault.takes) "."
                            },
                        }
                    }
                }
            }
            p { "Change them under Edit widget, or in the dashboard's source under params." }
        }
    };
    framed(canvas, &message).into_string()
}
