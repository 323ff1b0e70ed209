namespace RawWebSocket.Testing;

/// <summary>
/// Something else came than was expected, or nothing within the time limit. The message says what was expected, what came, what had
/// gone to and fro before, and whether the connection has ended; when the application threw, that is the inner exception.
/// </summary>
public sealed class ExpectationFailedException : TestWebSocketException
{
    internal ExpectationFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
