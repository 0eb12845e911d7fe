//! Checks of the repository itself, without running a function.
//!
//! | file | compares |
//! | --- | --- |
//! | `directions` | imports with the documented order of modules and crates |
//! | `events` | the samples of events that are sent with their schema |
//! | `template` | `template.yaml` with the code |
//! | `tidy` | the documents with the code, and every file with the house style |

mod directions;
mod events;
mod template;
mod tidy;
