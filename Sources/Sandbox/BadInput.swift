/// A request to the sandbox itself, not to the exchange it plays, that makes no sense.
///
/// Nothing has changed when it is thrown.
package struct BadInput: Error, Equatable, CustomStringConvertible {
    /// What is wrong, as a sentence for the person who wrote the request; never holds a secret.
    package let sentence: String

    /// Makes the error from its sentence.
    init(_ sentence: String) {
        self.sentence = sentence
    }

    /// The sentence.
    package var description: String { sentence }
}
