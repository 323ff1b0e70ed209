namespace RawWebSocket.Tests.Connections;

/// <summary>A thread that is none of the pool's, as those of the runtime that poll the sockets.</summary>
internal static class AnotherThread
{
    /// <summary>Runs something on it and waits for its end.</summary>
    public static void Runs(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        failure.ShouldBeNull();
    }
}
