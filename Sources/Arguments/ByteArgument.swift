// SPDX-License-Identifier: LGPL-2.1-or-later

import ArgumentParser
package import Bytes
import Tool

/// An argument as the bytes that were given; see `ArgumentText`.
package struct ByteArgument: ExpressibleByArgument {
    package var bytes: [UInt8]

    package init(argument: String) {
        bytes = ArgumentText.decode(argument)
    }

    package var path: BytePath { BytePath(bytes) }

    package var defaultValueDescription: String { DisplayText.of(bytes) }
}
