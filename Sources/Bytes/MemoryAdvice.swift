// SPDX-License-Identifier: LGPL-2.1-or-later

/// Is told of a buffer all of which is going to be filled. What only computes cannot ask
/// the kernel for memory of another kind, and the caller may.
package typealias MemoryAdvice = @Sendable (UnsafeMutableRawBufferPointer) -> Void
