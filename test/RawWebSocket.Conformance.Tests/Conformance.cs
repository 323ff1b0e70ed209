using Xunit.Sdk;

namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// What all classes of tests need. Each class is written once and runs on both transports, in a nested class for each.
/// </summary>
public abstract class Conformance(ConformanceServer server)
{
    // Most of the time passes in waiting for the ends of connections.
    private static readonly ParallelOptions Several = new() { MaxDegreeOfParallelism = 16 };

    protected ConformanceServer Server { get; } = server;

    protected Task<TestWebSocket> ConnectAsync(string path = Endpoints.Echo) => Server.ConnectAsync(path);

    /// <summary>However the bytes are cut, exactly these frames answer them, and the connection stays open.</summary>
    protected Task AnswersAsync(byte[] sent, params TestFrame[] answers) => HoweverCutAsync(Endpoints.Echo, sent, async socket =>
    {
        await socket.ExpectFramesAsync(answers);
        await socket.ExpectSilenceAsync();
    });

    /// <summary>However the bytes are cut, these frames answer them; then the connection fails with this code (section 7.1.7).</summary>
    protected Task FailsAsync(int code, byte[] sent, params TestFrame[] answers) => FailsAtAsync(Endpoints.Echo, code, sent, answers);

    protected Task FailsAtAsync(string path, int code, byte[] sent, params TestFrame[] answers) =>
        HoweverCutAsync(path, sent, async socket =>
        {
            await socket.ExpectFramesAsync(answers);
            await socket.ExpectFailureAsync(code);
        });

    /// <summary>However the bytes are cut, these frames answer them, the last of them a close frame, and then the transport ends.</summary>
    protected Task ClosesAsync(byte[] sent, params TestFrame[] answers) => HoweverCutAsync(Endpoints.Echo, sent, async socket =>
    {
        await socket.ExpectFramesAsync(answers);
        await socket.ExpectNothingButTheEndAsync();
    });

    /// <summary>Does the same for each, several at once.</summary>
    protected static Task ForEachAsync<T>(IEnumerable<T> all, Func<T, Task> test) =>
        Parallel.ForEachAsync(all, Several, async (one, _) => await test(one));

    protected Task HoweverCutAsync(string path, byte[] sent, Func<TestWebSocket, Task> expect) =>
        ForEachAsync(Server.DeliveriesOf(sent), async delivery =>
        {
            await using var socket = await ConnectAsync(path + delivery.Query);
            await delivery.SendAsync(socket);
            try
            {
                await expect(socket);
            }
            catch (Exception exception)
            {
                var beginning = Convert.ToHexString(sent.AsSpan(0, Math.Min(80, sent.Length)));
                throw new XunitException($"This went wrong when the bytes were sent {delivery.Words}: {beginning}", exception);
            }
        });
}
