//! The files that the rules look at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that hold nothing of ours where git is not there to say so.
const NOT_OURS: &[&str] = &[".git", ".venv", "__pycache__", "node_modules", "target"];

/// One text file.
pub(crate) struct File {
    /// Where it is, from the root, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files of the project, in the order of their paths.
pub(crate) struct Tree {
    /// The text files with their contents.
    pub(crate) files: Vec<File>,
    /// The paths of all files, those that are not text included.
    paths: Vec<String>,
}

impl Tree {
    /// Reads what git tracks under `root`; in an unpacked archive without git, everything.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut paths = match tracked(root) {
            Some(paths) => paths,
            None => walk(root)?,
        };
        // A file that was deleted but not yet committed is still listed.
        paths.retain(|path| root.join(path).is_file());
        paths.sort();
        let mut files = Vec::new();
        for path in &paths {
            if let Ok(text) = String::from_utf8(fs::read(root.join(path))?) {
                files.push(File { path: path.clone(), text });
            }
        }
        Ok(Self { files, paths })
    }

    /// Whether `path` names a file or a folder that holds one.
    pub(crate) fn contains(&self, path: &str) -> bool {
        let within = |file: &String| {
            file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        path.is_empty() || self.paths.iter().any(within)
    }

    /// The text file at `path`.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    #[cfg(test)]
    pub(crate) fn of(samples: &[(&str, &str)]) -> Self {
        let file =
            |(path, text): &(&str, &str)| File { path: (*path).into(), text: (*text).into() };
        let files: Vec<File> = samples.iter().map(file).collect();
        let paths = files.iter().map(|file| file.path.clone()).collect();
        Self { files, paths }
    }
}

impl File {
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// The lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// The tracked paths; `None` if `root` is not the top of a git work tree, or git is missing.
fn tracked(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().ok()?;
    if !listed.status.success() {
        return None;
    }
    let text = String::from_utf8(listed.stdout).ok()?;
    Some(text.split_terminator('\0').map(str::to_owned).collect())
}

fn walk(root: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = folder.join(&name);
            let kind = entry.file_type()?;
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                folders.push(path);
            } else if kind.is_file() {
                paths.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_git_is_walked_without_what_is_built() {
        let root = std::env::temp_dir().join(format!("minbrain-tree-{}", std::process::id()));
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::create_dir_all(root.join("target")).unwrap();
        fs::write(root.join("a/b/c.md"), "text").unwrap();
        fs::write(root.join("a/picture.png"), [0xff, 0xfe]).unwrap();
        fs::write(root.join("target/d.md"), "text").unwrap();
        let tree = Tree::read(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        let read: Vec<&str> = tree.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(read, ["a/b/c.md"]);
        assert!(tree.contains("a/picture.png") && tree.contains("a/b"));
        assert!(!tree.contains("a/pict") && !tree.contains("target/d.md"));
    }

    #[test]
    fn this_program_is_tracked_or_found() {
        let tree = Tree::read(&crate::root().unwrap()).unwrap();
        assert!(tree.file("xtask/src/tidy/tree.rs").is_some());
    }
}
