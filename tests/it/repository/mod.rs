//! Checks of the repository itself, without running a function.
//!
//! | file | compares |
//! | --- | --- |
//! | `directions` | imports with the documented order of modules and crates |
//! | `events` | the samples of events that are sent with their schema |
//! | `pattern` | nothing: it selects events by a pattern, as EventBridge does |
//! | `recipes` | the templates in `recipes/` with the events that are sent and with their page |
//! | `template` | `template.yaml` with the code |
//! | `tidy` | the documents with the code, and every file with the house style |

mod directions;
mod events;
mod pattern;
mod recipes;
mod template;
mod tidy;
