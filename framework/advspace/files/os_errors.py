"""Errors of the operating system about a file, in one sentence that says what to do."""

import errno

SPACE = "free some space or choose another folder"
RIGHTS = "change its permissions or choose another folder"
REMEDIES = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path: a part of it is a file, not a folder",
    errno.EISDIR: "it is a folder; give a file",
    errno.EEXIST: "remove it or choose another folder",
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EROFS: "choose a folder on a disk that can be written",
    errno.ENOSPC: SPACE,
    errno.EDQUOT: f"your quota is used up; {SPACE}",
    errno.EFBIG: "raise the limit of file sizes (ulimit -f) or choose another folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EINVAL: "choose a name that this disk allows",
    errno.EMFILE: "close other files or raise the limit (ulimit -n)",
    errno.ENFILE: "end other programs or raise the machine's limit of open files",
    errno.ENOMEM: "end other programs or use a machine with more memory",
    errno.ELOOP: "remove the symbolic links that lead in a circle",
    errno.ENOLCK: "this disk has no locks; choose a folder on another disk",
    errno.ESTALE: "the network disk has lost it; mount the disk again",
    errno.EIO: "the disk is damaged or gone; choose a folder on another disk",
    errno.ECONNREFUSED: "check that the server runs and can be reached",
    errno.ETIMEDOUT: "check the network connection and try again",
    errno.ENETUNREACH: "check the network connection and try again",
}
OTHERWISE = "try another folder"


def os_sentence(error: OSError, doing: str = "use") -> str:
    """What went wrong with which file, and what to do.

    >>> os_sentence(FileNotFoundError(errno.ENOENT, "No such file or directory", "a.pt"))
    'cannot use a.pt: No such file or directory; check the path'

    Args:
        error: The error.
        doing: What the program wanted to do with the file.
    """
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    reason = error.strerror or " ".join(str(error).split()) or type(error).__name__
    return f"cannot {doing} {' or '.join(names) or 'a file'}: {reason}; {remedy(error)}"


def remedy(error: OSError) -> str:
    """What to do about an error."""
    return REMEDIES.get(error.errno or 0, OTHERWISE)
