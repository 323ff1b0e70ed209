using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Loops;

/// <summary>The loops of a host. They run while somebody listens, and then until the last connection is closed.</summary>
internal sealed class LoopGroup(RawWebSocketTransportOptions options, ILogger logger)
{
    private const int MostByDefault = 16;
    private readonly Lock _gate = new();
    private EventLoop[] _loops = [];
    private int _listeners;

    /// <summary>How many loops there are if nobody says otherwise.</summary>
    public static int DefaultCount => Math.Clamp(Environment.ProcessorCount / 2, 1, MostByDefault);

    /// <summary>For a listener, which has to <see cref="Leave"/>.</summary>
    public EventLoop[] Join()
    {
        lock (_gate)
        {
            if (_listeners == 0)
            {
                _loops = Start();
            }

            _listeners++;
            return _loops;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_listeners == 0)
            {
                Array.ForEach(_loops, static loop => loop.Stop());
                _loops = [];
            }
        }
    }

    private EventLoop[] Start()
    {
        var loops = new List<EventLoop>();
        try
        {
            while (loops.Count < options.EventLoops)
            {
                loops.Add(new EventLoop(loops.Count, options.ReceiveBufferSize, logger));
            }

            LoopWatch.Start(loops);
            return [.. loops];
        }
        catch
        {
            loops.ForEach(static loop => loop.Stop());
            throw;
        }
    }
}
