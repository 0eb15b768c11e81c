//! Who may read what is written.

use std::fs::{self, OpenOptions};

/// Who may read a file or enter a directory, besides the system's administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only the owner: mode 0600 for a file, 0700 for a directory.
    Owner,
    /// Everyone reads, only the owner writes: mode 0644 for a file, 0755 for a directory, less what
    /// the process's umask takes away.
    Everyone,
}

#[cfg(unix)]
impl Access {
    pub(crate) fn file_mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everyone => 0o644,
        }
    }

    fn directory_mode(self) -> u32 {
        match self {
            Self::Owner => 0o700,
            Self::Everyone => 0o755,
        }
    }
}

/// Sets the mode with which a file is created.
pub(crate) fn set_file_mode(builder: &mut tempfile::Builder<'_, '_>, access: Access) {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(access.file_mode()));
    #[cfg(not(unix))]
    let _ = (builder, access);
}

/// Has a file opened only if its name is not a link, and without waiting for the other end of a
/// pipe.
pub(crate) fn refuse_links(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits() as i32);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Sets the mode with which a directory is created.
pub(crate) fn set_directory_mode(builder: &mut fs::DirBuilder, access: Access) {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, access.directory_mode());
    #[cfg(not(unix))]
    let _ = (builder, access);
}
