// SPDX-License-Identifier: LGPL-2.1-or-later

/// Called with a buffer all of which is going to be filled. A module that only computes
/// cannot ask the kernel for memory of another kind, and the caller may.
package typealias MemoryAdvice = @Sendable (UnsafeMutableRawBufferPointer) -> Void
