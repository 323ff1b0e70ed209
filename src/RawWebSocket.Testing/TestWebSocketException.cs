namespace RawWebSocket.Testing;

/// <summary>What the test kit throws when a test has failed: the server did something else than was expected.</summary>
public abstract class TestWebSocketException : Exception
{
    private protected TestWebSocketException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
