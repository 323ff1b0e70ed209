using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using RawWebSocket.Tests.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>An output and whoever reads what is written to it, on a thread of its own, and slowly now and then.</summary>
internal sealed class StressPeer : IDisposable
{
    private readonly SocketPair? _sockets;
    private readonly PipeReader _input;
    private readonly Task<List<byte>> _reading;

    private StressPeer(PipeWriter output, PipeReader input, SocketPair? sockets)
    {
        Output = output;
        _input = input;
        _sockets = sockets;
        _reading = Task.Run(ReadAsync);
    }

    public PipeWriter Output { get; }

    /// <summary>A pipe with little room.</summary>
    public static StressPeer OverPipe()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 3000, resumeWriterThreshold: 1000, useSynchronizationContext: false));
        return new(pipe.Writer, pipe.Reader, sockets: null);
    }

    /// <summary>A TCP connection.</summary>
    public static StressPeer OverSocket()
    {
        var sockets = new SocketPair(blocks: true);
        return new(PipeWriter.Create(new NetworkStream(sockets.Near)), PipeReader.Create(new NetworkStream(sockets.Far)), sockets);
    }

    /// <summary>The transport goes.</summary>
    public void Drop()
    {
        if (_sockets is null)
        {
            _input.CancelPendingRead();
        }
        else
        {
            _sockets.Near.Dispose();
        }
    }

    /// <summary>Ends the output, and gives all that has come out.</summary>
    /// <param name="isBroken">Whether there may be something in the output that was not flushed and must not leave.</param>
    public async Task<List<byte>> ReadToEndAsync(bool isBroken)
    {
        try
        {
            await Output.CompleteAsync(isBroken ? new IOException("The round has ended.") : null);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The socket has gone.
        }

        _sockets?.Near.Dispose();
        return await _reading;
    }

    public void Dispose() => _sockets?.Dispose();

    private async Task<List<byte>> ReadAsync()
    {
        var all = new List<byte>();
        for (var reads = 0; ; reads++)
        {
            ReadResult result;
            try
            {
                result = await _input.ReadAsync();
            }
            catch (IOException)
            {
                break;
            }

            all.AddRange(result.Buffer.ToArray());
            _input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                break;
            }

            if (reads % 7 == 0)
            {
                await Task.Yield();
            }
        }

        await _input.CompleteAsync();
        return all;
    }
}
