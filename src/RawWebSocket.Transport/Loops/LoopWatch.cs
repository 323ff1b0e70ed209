namespace RawWebSocket.Transport.Loops;

/// <summary>
/// A thread that looks at the loops now and then, whether code keeps one of their threads; it ends with the last of them. Not a timer: its
/// callbacks run on the thread pool, which is what code that blocks may have used up.
/// </summary>
internal static class LoopWatch
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    public static void Start(IReadOnlyCollection<EventLoop> loops) =>
        new Thread(() => Watch(loops)) { IsBackground = true, Name = "epoll watch" }.UnsafeStart();

    private static void Watch(IReadOnlyCollection<EventLoop> loops)
    {
        while (loops.Any(static loop => !loop.HasEnded))
        {
            Thread.Sleep(Period);
            foreach (var loop in loops)
            {
                loop.LeaveKeptThread(Period);
            }
        }
    }
}
