namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>Threads that a test knows by their names.</summary>
internal static class Threads
{
    /// <summary>Runs something on a thread of its own, and waits for it.</summary>
    public static void Run(string name, Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(Guarded) { Name = name, IsBackground = true };
        thread.Start();
        thread.Join(Waiting.Limit).ShouldBeTrue($"the thread {name} does not end");
        thrown.ShouldBeNull();

        void Guarded()
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                thrown = exception;
            }
        }
    }
}
