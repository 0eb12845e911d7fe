//! Pictures of incidents: beside the current picture of a faulty feed, and in the list below the
//! tiles.

use maud::{Markup, PreEscaped, html};

use super::{Page, words};
use crate::{
    incident_pictures::Moment,
    multiviewer::incidents::{MAX_LISTED, ShownIncident},
};

/// The current picture of a faulty feed with the ones before and at the beginning of its incident
/// beside it.
pub(super) fn beside(current: &Markup, incident: &ShownIncident) -> Markup {
    html! {
        div.msm-pic.msm-trio {
            div.msm-now { (current) }
            @for (moment, base64) in &incident.pictures { (picture(*moment, base64)) }
        }
    }
}

/// The list below the tiles; nothing if it could not be read, and no word of quiet while a feed is
/// faulty.
pub(super) fn list(page: &Page<'_>) -> Markup {
    let incidents = page.incidents;
    let is_quiet = page.selected.counts.all_faulty() == 0;
    let listed = &incidents.listed[..incidents.listed.len().min(MAX_LISTED)];
    html! {
        @if incidents.is_known && (is_quiet || !listed.is_empty()) {
            div.msm-incidents {
                @if listed.is_empty() {
                    p.msm-none-lately { "No incident in the last 24 hours" }
                } @else {
                    h3.msm-section { "Latest incidents" }
                    div.msm-cards role="list" {
                        @for incident in listed { (card(incident, page)) }
                    }
                }
            }
        }
    }
}

fn card(incident: &ShownIncident, page: &Page<'_>) -> Markup {
    let feed = &incident.name.feed;
    let channel = page.selected.entries.iter().map(|entry| &entry.feed.channel);
    let name =
        channel.into_iter().find(|one| *one.id == *feed.channel_id).map(|one| words::name(one));
    let since = words::time_of_day(incident.name.since, page.wall.canvas.utc_offset);
    html! {
        div.msm-card role="listitem" {
            div.msm-three {
                @for (moment, base64) in &incident.pictures { (picture(*moment, base64)) }
            }
            div {
                strong { (words::faulty_label(incident.name.fault)) } " · "
                @match incident.lasted {
                    Some(lasted) => { "lasted " (words::duration(lasted)) },
                    None => strong { "open" },
                }
            }
            @if let Some(name) = name { div { bdi { (name) } } }
            div.msm-when-where {
                bdi { (feed.channel_id) } " · pipeline " (feed.pipeline) " · since " (since)
            }
        }
    }
}

fn picture(moment: Moment, base64: &str) -> Markup {
    let label = match moment {
        Moment::Before => "before",
        Moment::First => "first",
        Moment::Last { .. } => "last",
    };
    html! {
        div.msm-then {
            img alt={ "Picture of the incident: " (label) }
                src={ "data:image/jpeg;base64," (PreEscaped(base64)) };
            span.msm-when { (label) }
        }
    }
}
