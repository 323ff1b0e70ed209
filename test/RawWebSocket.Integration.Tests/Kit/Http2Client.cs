using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>
/// An HTTP/2 connection frame by frame (RFC 9113), which keeps the server's windows as a client must and tells what each stream was sent.
/// </summary>
internal sealed class Http2Client : IAsyncDisposable
{
    private const int HeaderSize = 9;
    private const int LargestFrame = 16 * 1024;
    private const int InitialWindow = 65_535;

    // Of a SETTINGS frame, which belongs to no stream, the same bit means this.
    private const Flags Acknowledges = Flags.EndStream;

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<int, Http2ClientStream> _streams = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private long _window = InitialWindow;
    private int _initialStreamWindow = InitialWindow;
    private int _lastStream = -1;

    /// <summary>What the server gave back of the connection's window, piece by piece.</summary>
    public Recorder<int> WindowUpdates { get; } = new();

    /// <summary>How much of the connection's window is left.</summary>
    public long Window => Interlocked.Read(ref _window);

    public static async Task<Http2Client> ConnectAsync(TestApp app)
    {
        // The services start the server; only then is the address known.
        _ = app.Services;
        var client = new Http2Client();
        await client._tcp.ConnectAsync("127.0.0.1", app.ClientOptions.BaseAddress.Port).Within();
        await client._tcp.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray()).AsTask().Within();
        await client.WriteFrameAsync(FrameType.Settings, 0, 0, ReadOnlyMemory<byte>.Empty);
        client._reading = client.ReadFramesAsync();
        await client._settled.Task.Within();
        return client;
    }

    /// <summary>Opens a WebSocket by an extended CONNECT (RFC 8441 section 4), and waits for its answer.</summary>
    public async Task<Http2ClientStream> OpenAsync(string path = "/")
    {
        var stream = await AskAsync(path);
        await stream.Events.FirstAsync(text => text == "HEADERS");
        return stream;
    }

    /// <summary>The same without waiting: the answer may never come.</summary>
    public async Task<Http2ClientStream> AskAsync(string path = "/")
    {
        var id = _lastStream += 2;
        var stream = new Http2ClientStream(this, id, _initialStreamWindow);
        _streams[id] = stream;
        var headers = new MemoryStream();
        foreach (var (name, value) in ((string, string)[])
            [
                (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
                ("sec-websocket-version", "13"),
            ])
        {
            // A literal without indexing and with a new name (RFC 7541 section 6.2.2); all are short.
            headers.Write([0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);
        }

        await WriteFrameAsync(FrameType.Headers, Flags.EndHeaders, id, headers.ToArray());
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        await _reading.Within();
        _writing.Dispose();
    }

    /// <summary>Sends as much as the windows allow; how much that was.</summary>
    public async Task<int> SendDataAsync(Http2ClientStream stream, ReadOnlyMemory<byte> bytes, bool endsStream)
    {
        var count = (int)Math.Min(Math.Min(bytes.Length, LargestFrame), Math.Min(Window, stream.Window));
        if (count > 0 || bytes.IsEmpty)
        {
            Interlocked.Add(ref _window, -count);
            stream.AddWindow(-count);
            await WriteFrameAsync(
                FrameType.Data, endsStream && count == bytes.Length ? Flags.EndStream : 0, stream.Id, bytes[..count]);
        }

        return count;
    }

    public Task ResetAsync(Http2ClientStream stream, int code)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, code);
        return WriteFrameAsync(FrameType.RstStream, 0, stream.Id, payload);
    }

    private async Task WriteFrameAsync(FrameType type, Flags flags, int stream, ReadOnlyMemory<byte> payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsMemory(HeaderSize));
        await _writing.WaitAsync().Within();
        try
        {
            await _tcp.GetStream().WriteAsync(frame).AsTask().Within();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadFramesAsync()
    {
        try
        {
            var header = new byte[HeaderSize];
            while (true)
            {
                await _tcp.GetStream().ReadExactlyAsync(header);
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
                await _tcp.GetStream().ReadExactlyAsync(payload);
                await TakeAsync((FrameType)header[3], (Flags)header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the connection, by whichever side.
        }
    }

    private async Task TakeAsync(FrameType type, Flags flags, int id, byte[] payload)
    {
        var stream = id == 0 ? null : _streams[id];
        switch (type)
        {
            case FrameType.Settings when !flags.HasFlag(Acknowledges):
                TakeSettings(payload);
                await WriteFrameAsync(FrameType.Settings, Acknowledges, 0, ReadOnlyMemory<byte>.Empty);
                break;
            case FrameType.WindowUpdate when stream is null:
                Interlocked.Add(ref _window, BinaryPrimitives.ReadInt32BigEndian(payload));
                WindowUpdates.Add(BinaryPrimitives.ReadInt32BigEndian(payload));

                // With its settings the server makes this window larger at once.
                _settled.TrySetResult();
                break;
            case FrameType.WindowUpdate:
                stream!.AddWindow(BinaryPrimitives.ReadInt32BigEndian(payload));
                break;
            case FrameType.Headers:
                stream!.TakeStatus(payload);
                stream.Take("HEADERS", [], flags.HasFlag(Flags.EndStream));
                break;
            case FrameType.Data:
                stream!.Take("DATA", payload, flags.HasFlag(Flags.EndStream));
                break;
            case FrameType.RstStream:
                stream!.Take($"RST {BinaryPrimitives.ReadInt32BigEndian(payload)}", [], endsStream: false);
                break;
        }
    }

    private void TakeSettings(ReadOnlySpan<byte> settings)
    {
        for (; !settings.IsEmpty; settings = settings[6..])
        {
            const int InitialWindowSize = 4;
            if (BinaryPrimitives.ReadUInt16BigEndian(settings) == InitialWindowSize)
            {
                _initialStreamWindow = BinaryPrimitives.ReadInt32BigEndian(settings[2..]);
            }
        }
    }

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        RstStream = 3,
        Settings = 4,
        WindowUpdate = 8,
    }

    [Flags]
    private enum Flags : byte
    {
        EndStream = 1,
        EndHeaders = 4,
    }
}

/// <summary>One stream of it: a WebSocket, whose frames the test writes and reads.</summary>
internal sealed class Http2ClientStream(Http2Client client, int id, int window)
{
    private long _window = window;

    public int Id => id;

    /// <summary>How much of the stream's own window is left.</summary>
    public long Window => Interlocked.Read(ref _window);

    /// <summary>The status of the answer; 0 before it has come.</summary>
    public int Status { get; private set; }

    /// <summary>What the server sent: HEADERS, DATA with its bytes in hex, END_STREAM, RST with its code.</summary>
    public Recorder<string> Events { get; } = new();

    /// <summary>Sends bytes; all of them must fit into the windows.</summary>
    public async Task SendAsync(TestFrame frame) => (await TrySendAsync(frame.ToBytes())).ShouldBe(frame.ToBytes().Length);

    /// <summary>Sends as much as fits into the windows; how much that was.</summary>
    public async Task<int> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = 0;
        while (sent < bytes.Length && await client.SendDataAsync(this, bytes[sent..], endsStream: false) is > 0 and var count)
        {
            sent += count;
        }

        return sent;
    }

    /// <summary>Sends all, as the server makes room, or until it has ended the stream.</summary>
    public async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty && !Events.Any(text => text.StartsWith("RST", StringComparison.Ordinal)))
        {
            var updates = client.WindowUpdates.Count;
            var sent = await TrySendAsync(bytes);
            bytes = bytes[sent..];
            if (sent == 0)
            {
                await Task.WhenAny(client.WindowUpdates.CountAsync(updates + 1), Task.Delay(5));
            }
        }
    }

    public Task EndAsync() => client.SendDataAsync(this, ReadOnlyMemory<byte>.Empty, endsStream: true);

    public Task ResetAsync(int code) => client.ResetAsync(this, code);

    public void AddWindow(int count) => Interlocked.Add(ref _window, count);

    /// <summary>Reads the status, which comes first (RFC 9113 section 8.3): a static index, or a literal of three digits.</summary>
    public void TakeStatus(ReadOnlySpan<byte> headers)
    {
        // RFC 7541 appendix A, from index 8 on.
        ReadOnlySpan<int> indexed = [200, 204, 206, 304, 400, 404, 500];
        const int FirstIndexed = 0x88;

        // The size of the encoder's table may be changed first (RFC 7541 section 6.3).
        while ((headers[0] & 0xE0) == 0x20)
        {
            headers = headers[1..];
        }

        Status = headers[0] >= FirstIndexed && headers[0] - FirstIndexed < indexed.Length
            ? indexed[headers[0] - FirstIndexed]
            : int.Parse(headers.Slice(2, 3), CultureInfo.InvariantCulture);
    }

    public void Take(string what, byte[] data, bool endsStream)
    {
        if (what != "DATA" || data.Length > 0)
        {
            Events.Add(data.Length > 0 ? $"{what} {Convert.ToHexString(data)}" : what);
        }

        if (endsStream)
        {
            Events.Add("END_STREAM");
        }
    }
}
