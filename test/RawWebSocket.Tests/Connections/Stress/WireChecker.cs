using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>How a round ended.</summary>
internal enum Ending
{
    /// <summary>With a close frame that was flushed: nothing may be missing.</summary>
    Close,

    /// <summary>In the middle: the output was dropped, or threw.</summary>
    Break,
}

/// <summary>
/// Compares what the peer got with what the senders were told. It knows the rules of the wire (RFC 6455 sections 5.4 and 5.5) and nothing of
/// how the sending side works.
/// </summary>
/// <param name="records">What was sent, in each sender's order.</param>
/// <param name="ending">How it ended.</param>
/// <param name="inflate">Makes a compressed message's payload plain; null where nothing may be compressed.</param>
internal sealed class WireChecker(IReadOnlyList<SendRecord> records, Ending ending, Func<byte[], byte[]>? inflate = null)
{
    private const int Compressed = 0x40;
    private const int Close = 8;

    private readonly Dictionary<(int, int), SendRecord> _records = records.ToDictionary(record => (record.Sender, record.Number));
    private readonly HashSet<(int, int)> _arrived = [];
    private readonly Dictionary<int, int> _last = [];
    private readonly List<string> _faults = [];
    private readonly List<byte> _message = [];
    private bool _inMessage;
    private bool _isCompressed;
    private bool _hasClosed;

    /// <summary>What is wrong; empty when nothing is.</summary>
    /// <param name="wire">All that the peer got.</param>
    public IReadOnlyList<string> Check(List<byte> wire)
    {
        foreach (var frame in ServerFrame.TakeAll(wire))
        {
            Take(frame);
        }

        if (ending == Ending.Close)
        {
            Note(wire.Count > 0, "cut: there is half a frame at the end");
            Note(_inMessage, "cut: a message in fragments has no end");
            Note(!_hasClosed, "no close frame");
            foreach (var record in records.Where(record => record.Told is Told.Sent or Told.Posted && !HasArrived(record)))
            {
                _faults.Add($"lost: {record}");
            }
        }

        return _faults;
    }

    private void Take(ServerFrame frame)
    {
        Note(_hasClosed, $"after the close frame: {frame.FirstByte:x2}");
        if (frame.IsControl)
        {
            _hasClosed |= frame.Opcode == Close;
            Note(!frame.IsFinal || frame.Payload.Length > 125, "a control frame is in fragments or too long");
            return;
        }

        var begins = frame.Opcode != 0;
        Note(begins == _inMessage, begins ? "interleaved: a message inside of another" : "interleaved: a continuation of nothing");
        if (begins)
        {
            _message.Clear();
            _isCompressed = (frame.FirstByte & Compressed) != 0;
        }

        _message.AddRange(frame.Payload);
        _inMessage = !frame.IsFinal;
        if (frame.IsFinal)
        {
            Arrive([.. _message]);
        }
    }

    private void Arrive(byte[] payload)
    {
        if (_isCompressed && inflate is null)
        {
            _faults.Add("compressed, which is not agreed");
            return;
        }

        if (SendRecord.Identify(_isCompressed ? inflate!(payload) : payload) is not { } who
            || !_records.TryGetValue(who, out var record))
        {
            _faults.Add($"nobody's: {payload.Length} bytes");
            return;
        }

        Note(!_arrived.Add(who), $"twice: {record}");
        if (record.Told != Told.PostedWithKey)
        {
            // A post with a key may have the place of an older one.
            Note(_last.TryGetValue(record.Sender, out var last) && last > record.Number, $"order: {record} behind {last}");
            _last[record.Sender] = record.Number;
        }

        // Who breaks off does not know of what has left already.
        Note(record.Told == Told.Cancelled || (record.Told == Told.Closed && ending == Ending.Close), $"refused, and arrived: {record}");
    }

    private bool HasArrived(SendRecord record) => _arrived.Contains((record.Sender, record.Number));

    private void Note(bool isWrong, string fault)
    {
        if (isWrong)
        {
            _faults.Add(fault);
        }
    }
}
