//! Typst's view of the world: files in memory, bundled fonts, a fixed date, no packages.

use crate::templates::Templates;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use typst::diag::{FileError, FileResult, PackageError};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};
use typst_kit::files::{FileLoader, FileStore};
use typst_kit::fonts::FontStore;

/// Everything that a compilation may see.
pub(crate) struct World {
    library: LazyHash<Library>,
    fonts: FontStore,
    files: FileStore<Memory>,
    main: FileId,
    today: Option<Datetime>,
    own: BTreeSet<String>,
}

impl World {
    /// A world with a main file, the templates, and the files of one report over them.
    /// `None` when the main file's name is no path.
    pub(crate) fn new(
        templates: &Templates,
        main: &str,
        own: BTreeMap<String, Bytes>,
        today: Date,
    ) -> Option<Self> {
        let path = VirtualPath::new(main).ok()?;
        let mut files = templates.files.clone();
        files.extend(own);
        let mut fonts = FontStore::new();
        fonts.extend(templates.fonts.iter().map(|font| (font.clone(), font.info().clone())));
        Some(Self {
            library: LazyHash::new(Library::builder().build()),
            fonts,
            files: FileStore::new(Memory(files)),
            main: RootedPath::new(VirtualRoot::Project, path).intern(),
            today: datetime(today),
            own: templates.own.clone(),
        })
    }
}

impl World {
    /// Whether a file is a template of the organisation's own.
    pub(crate) fn is_own(&self, id: FileId) -> bool {
        self.own.contains(id.vpath().get_without_slash())
    }
}

/// A day as Typst knows it, at midnight.
pub(crate) fn datetime(day: Date) -> Option<Datetime> {
    let month = u8::try_from(day.month()).ok()?;
    let of_month = u8::try_from(day.day()).ok()?;
    Datetime::from_ymd_hms(i32::from(day.year()), month, of_month, 0, 0, 0)
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.files.source(id)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.file(id)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

/// Files by path, without a slash in front.
struct Memory(BTreeMap<String, Bytes>);

impl FileLoader for Memory {
    fn load(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.vpath().get_without_slash();
        match id.root() {
            VirtualRoot::Project => self.0.get(path).cloned().ok_or_else(|| FileError::NotFound(path.into())),
            VirtualRoot::Package(spec) => Err(FileError::Package(PackageError::Other(Some(
                format!("reports use no packages, so that they need no network: {spec}").into(),
            )))),
        }
    }
}
