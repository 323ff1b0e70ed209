namespace RawWebSocket.Testing.Frames;

/// <summary>Bytes that came from the server and have not been understood yet. Not thread-safe.</summary>
internal sealed class ReceiveBuffer
{
    private const int ReadSize = 4096;
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>What has come and has not been consumed; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Unread => _bytes.AsMemory(_start.._end);

    /// <summary>Room to read into, at least 4 KiB; make known with <see cref="Received"/> how much of it was used.</summary>
    public Memory<byte> Room()
    {
        if (_bytes.Length - _end < ReadSize)
        {
            var unread = _end - _start;
            var bytes = new byte[Math.Max(2 * unread, unread + ReadSize)];
            Unread.CopyTo(bytes);
            (_bytes, _start, _end) = (bytes, 0, unread);
        }

        return _bytes.AsMemory(_end);
    }

    public void Received(int count) => _end += count;

    public void Consume(int count) => _start += count;
}
