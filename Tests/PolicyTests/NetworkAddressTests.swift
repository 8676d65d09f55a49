// SPDX-License-Identifier: LGPL-2.1-or-later

import Policy
import Testing

@Suite struct NetworkAddressTests {
    private func address(_ text: String) -> NetworkAddress? { NetworkAddress(Array(text.utf8)) }

    @Test(arguments: [
        ("10.0.0.5", "10.0.0.5/32"), ("10.0.0.0/24", "10.0.0.0/24"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.5/255.255.255.0", "10.0.0.5/24"), ("fd00::5", "fd00::5/128"), ("::/0", "::/0"),
        ("2001:DB8:0:0:1:0:0:1/64", "2001:db8::1:0:0:1/64"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128"),
        ("::ffff:10.0.0.5", "::ffff:a00:5/128"), ("1::", "1::/128"),
    ])
    func read(_ text: String, _ canonical: String) {
        #expect(address(text)?.text == canonical)
    }

    @Test(arguments: [
        "", "/", "10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.5/", "10.0.0.5/33", "10.0.0.5/255.0.255.0", "fd00::5/129",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1", "1:", "fd00::g", "10.0.0.5/-1", " 10.0.0.5",
    ])
    func refuse(_ text: String) {
        #expect(address(text) == nil)
    }

    @Test func ranges() {
        #expect(address("10.0.0.5/24")?.network.text == "10.0.0.0/24")
        #expect(address("fd00::5/63")?.network.text == "fd00::/63")
        #expect(address("10.0.0.5")?.network == address("10.0.0.5"))
    }
}
