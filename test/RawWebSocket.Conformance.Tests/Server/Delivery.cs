namespace RawWebSocket.Conformance.Tests;

/// <summary>One way in which bytes reach the server.</summary>
/// <param name="Words">The way in words, for the messages of failed tests.</param>
/// <param name="Query">What the request for the connection must ask for.</param>
/// <param name="SendAsync">Sends the bytes.</param>
internal sealed record Delivery(string Words, string Query, Func<TestWebSocket, Task> SendAsync);
