//! Checks of the repository itself, without running a function.
//!
//! | file | compares |
//! | --- | --- |
//! | `directions` | imports with the documented order of modules and crates |
//! | `template` | `template.yaml` with the code |
//! | `tidy` | the documents with the code, and every file with the house style |

mod directions;
mod template;
mod tidy;
