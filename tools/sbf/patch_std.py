"""Teaches a copy of Rust's standard library the operating system `solana`. Usage: patch_std.py LIBRARY/std/src

Threads, files and time stay what std gives to a system it does not know; allocation, panic, abort and the seed of hash
maps become what a program on Solana has. Every replaced text must be found the expected number of times, so a new
release of std that has moved things stops the build here instead of producing a wrong binary."""

import pathlib
import sys

STD = pathlib.Path(sys.argv[1])


def replace(file, old, new, times=1):
    path = STD / file
    if not path.is_file():
        sys.exit(f"patch_std: {path} does not exist: this release of std is laid out differently")
    text = path.read_text()
    found = text.count(old)
    if found != times:
        sys.exit(f"patch_std: {path} has {found} times, not {times}, the text {old!r}: this release of std reads differently")
    path.write_text(text.replace(old, new))


# Lists of systems without the facility. The last one listed differs in nothing that matters here.
for file, times in [("sys/io/error/mod.rs", 1), ("sys/thread_local/mod.rs", 2), ("sys/random/mod.rs", 2)]:
    replace(file, 'target_os = "vexos",', 'target_os = "vexos", target_os = "solana",', times)

replace("sys/alloc/mod.rs", 'target_arch = "riscv64",', 'target_arch = "riscv64", target_arch = "bpf",')
replace(
    "sys/alloc/mod.rs",
    '    target_os = "zkvm" => {',
    '    target_os = "solana" => {\n        mod solana;\n    }\n    target_os = "zkvm" => {',
)
(STD / "sys/alloc/solana.rs").write_text("""\
use crate::alloc::{GlobalAlloc, Layout, System};

// A program brings its own #[global_allocator]; System never allocates.
#[stable(feature = "alloc_system_type", since = "1.28.0")]
unsafe impl GlobalAlloc for System {
    #[inline]
    unsafe fn alloc(&self, _layout: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }
    #[inline]
    unsafe fn dealloc(&self, _ptr: *mut u8, _layout: Layout) {}
    #[inline]
    unsafe fn realloc(&self, _ptr: *mut u8, _layout: Layout, _size: usize) -> *mut u8 {
        core::ptr::null_mut()
    }
}
""")

replace(
    "sys/pal/unsupported/common.rs",
    "core::intrinsics::abort();",
    'unsafe extern "C" { fn abort() -> !; }\n    unsafe { abort() }',
)

# The panic syscall takes the place; the message is lost, as formatting it would cost more units
# than most instructions have.
handler = "pub fn panic_handler(info: &core::panic::PanicInfo<'_>) -> ! {\n"
replace(
    "panicking.rs",
    handler,
    handler
    + """\
    #[cfg(target_os = "solana")]
    #[allow(unreachable_code)]
    {
        unsafe extern "C" {
            fn sol_panic_(file: *const u8, len: u64, line: u64, column: u64) -> !;
        }
        match info.location() {
            Some(l) => unsafe { sol_panic_(l.file().as_ptr(), l.file().len() as u64, l.line() as u64, l.column() as u64) },
            None => unsafe { sol_panic_(core::ptr::null(), 0, 0, 0) },
        }
    }
""",
)
replace("panicking.rs", 'panic = "immediate-abort"', 'any(panic = "immediate-abort", target_os = "solana")', 10)

# A program has no randomness: hash maps get a fixed seed.
replace(
    "hash/random.rs",
    "pub fn new() -> RandomState {\n",
    'pub fn new() -> RandomState {\n        #[cfg(target_os = "solana")]\n'
    '        return RandomState { k0: 0, k1: 0 };\n        #[cfg(not(target_os = "solana"))]\n        {\n',
)
replace(
    "hash/random.rs",
    "            RandomState { k0, k1 }\n        })\n",
    "            RandomState { k0, k1 }\n        })\n        }\n",
)
