using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>Two ends of a transport: one to write to, and a thread that reads at the other one, slowly now and then.</summary>
internal abstract class StressPair : IDisposable
{
    private readonly MemoryStream _read = new();
    private readonly Thread _thread;
    private readonly Random _random;
    private Exception? _failure;

    protected StressPair(Random random)
    {
        _random = new Random(random.Next());
        _thread = new Thread(Run) { IsBackground = true };
    }

    public abstract PipeWriter Output { get; }

    public static StressPair Of(StressTransport transport, Random random)
    {
        StressPair pair = transport == StressTransport.Pipe ? new PipePair(random) : new TcpPair(random);
        pair._thread.Start();
        return pair;
    }

    /// <summary>The peer reads no more.</summary>
    public abstract void Leave();

    /// <summary>Lets the peer read what has been flushed, and gives it; what has not been flushed never leaves.</summary>
    public byte[] ReadToEnd(TimeSpan limit, ICollection<string> complaints)
    {
        EndOutput();
        if (!_thread.Join(limit))
        {
            complaints.Add("The peer does not come to the end.");
            return [];
        }

        if (_failure is not null)
        {
            complaints.Add($"The peer has thrown: {_failure}");
        }

        return _read.ToArray();
    }

    public abstract void Dispose();

    protected abstract void EndOutput();

    /// <summary>Reads until there is no more.</summary>
    protected abstract void ReadAll();

    protected int Next(int max) => _random.Next(max);

    protected void Keep(ReadOnlySpan<byte> bytes) => _read.Write(bytes);

    /// <summary>A slow reader is what makes things wait. Nothing is hoped for: any pause will do, and none as well.</summary>
    protected void Pause()
    {
        switch (Next(40))
        {
            case 0:
                Thread.Sleep(1);
                break;
            case < 10:
                Thread.Yield();
                break;
            case < 20:
                Thread.SpinWait(Next(2000));
                break;
        }
    }

    private void Run()
    {
        try
        {
            ReadAll();
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }
}
