// SPDX-License-Identifier: LGPL-2.1-or-later

import SignatureExchange
import Signatures
import Testing

@Suite struct SignatureExchangeTests {
    static let requests: [SignatureRequest] = [
        .sign(content: [1, 2, 3], key: [4], certificate: []),
        .sign(content: [], key: [], certificate: []),
        .verify(
            signature: [0, 0xff], content: [UInt8](repeating: 7, count: 70_000), certificates: [[1], [], [2, 3]]),
        .verify(signature: [], content: [], certificates: []),
    ]

    static let answers: [SignatureAnswer] =
        [.signature([]), .signature([1, 2]), .signers([0]), .signers([2, 0, 11]), .badCertificate(3)]
        + [.badKey, .badCertificate, .otherKey, .badForm, .weakDigest, .untrusted, .otherContent, .libcrypto("a text")]
        .map { SignatureAnswer.failure($0) }

    @Test(arguments: requests) func requestSurvives(_ request: SignatureRequest) {
        #expect(SignatureRequest(encoded: request.encoded) == request)
    }

    @Test(arguments: answers) func answerSurvives(_ answer: SignatureAnswer) {
        #expect(SignatureAnswer(encoded: answer.encoded) == answer)
    }

    /// A program that ended too early has not answered.
    @Test(arguments: answers) func shortAnswerIsNone(_ answer: SignatureAnswer) {
        let bytes = answer.encoded
        for count in bytes.indices { #expect(SignatureAnswer(encoded: Array(bytes[..<count])) != answer) }
    }

    @Test(arguments: [
        "", "x", "\u{4}\0\0\0", "\u{7}\0\0\0signers", "\u{7}\0\0\0signers\u{1}\0\0\0x",
        "\u{7}\0\0\0signers\u{2}\0\0\0-1",
        "\u{7}\0\0\0failure\u{2}\0\0\0no", "\u{9}\0\0\0signature",
    ]) func otherBytesAreNoAnswer(_ text: String) {
        #expect(SignatureAnswer(encoded: Array(text.utf8)) == nil)
    }

    @Test func otherBytesAreNoRequest() {
        for text in ["", "\u{4}\0\0\0sign", "\u{6}\0\0\0verify", "\u{4}\0\0\0load\0\0\0\0\0\0\0\0\0\0\0\0"] {
            #expect(SignatureRequest(encoded: Array(text.utf8)) == nil)
        }
    }

    @Test func badTextsAreAnswered() {
        let text = Array("no PEM".utf8)
        let sign = SignatureRequest.sign(content: [], key: text, certificate: text)
        #expect(sign.answer() == .failure(.badCertificate))
        let verify = SignatureRequest.verify(signature: [], content: [], certificates: [text])
        #expect(verify.answer() == .badCertificate(0))
        let empty = SignatureRequest.verify(signature: [], content: [], certificates: [])
        #expect(empty.answer() == .failure(.badForm))
    }
}
