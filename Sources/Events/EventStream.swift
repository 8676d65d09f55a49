// SPDX-License-Identifier: LGPL-2.1-or-later

package import EventRecord
package import SystemIO

/// The reason why no events can be received.
package enum ListenFailure: Error, Equatable {
    /// The kernel does not have the netlink family.
    case noEvents
    /// The process may not join a group.
    case notPermitted
    case system(String, Errno)
    case malformed(MalformedMessage)
}

/// What one wait for events returned.
package enum ReceivedEvents {
    case events([Event])
    /// Messages were lost, because they came faster than they were read.
    case overrun
    case nothing
}

/// Events as they arrive. Tests put a list in the kernel's place.
package protocol EventStream: AnyObject {
    /// Waits for events, for at most this number of milliseconds; -1 means
    /// without end.
    func receive(within milliseconds: Int32) throws(ListenFailure) -> ReceivedEvents
}
