using System.Globalization;
using System.Text;

namespace RawWebSocket.Tests.Connections.Stress;

internal enum SendingKind
{
    Message,
    Post,
    Stream,
    Ping,
    Pong,

    /// <summary>Not a sending: a wait until little is left.</summary>
    Drain,
}

/// <summary>What a sender was told.</summary>
internal enum Outcome
{
    /// <summary>Nothing: it waits still.</summary>
    Pending,

    /// <summary>It has left; of a wait, that the queue has drained.</summary>
    Sent,

    /// <summary>It is posted.</summary>
    Queued,

    /// <summary>A post for which there was no room.</summary>
    Dropped,

    /// <summary>The connection had ended or was closing.</summary>
    Closed,

    /// <summary>It was given up while it waited.</summary>
    Cancelled,

    /// <summary>The sender gave its turn back.</summary>
    Abandoned,

    /// <summary>An exception, which is what no send ends with.</summary>
    Threw,
}

/// <summary>Something that a sender has asked of the queue, when, and what it was told.</summary>
/// <param name="sender">Who.</param>
/// <param name="number">The sender's own count.</param>
/// <param name="kind">What.</param>
/// <param name="length">The payload's length in bytes.</param>
/// <param name="key">Of a post: a newer one of the same key takes its place.</param>
internal sealed class Sending(int sender, int number, SendingKind kind, int length, string? key = null)
{
    /// <summary>The shortest payload: it says whose it is.</summary>
    public const int HeadLength = 8;

    // Long enough that no part of it is like another, so that any piece in the wrong place is noticed.
    private static readonly byte[] Letters = DrawLetters();
    private static long _ticks;

    private bool _hasReturned;

    public SendingKind Kind => kind;

    public string? Key => key;

    public (int Sender, int Number) Id => (sender, number);

    public bool IsControl => kind is SendingKind.Ping or SendingKind.Pong;

    /// <summary>It was sent between the beginning and the end of a batch, so its sender is not told of the flush.</summary>
    public bool InBatch { get; init; }

    /// <summary>Just before it was asked for.</summary>
    public long Called { get; private set; }

    /// <summary>When the call had returned: its place is settled. What is called later comes later.</summary>
    public long Returned { get; private set; } = long.MaxValue;

    /// <summary>When its outcome was known.</summary>
    public long Ended { get; private set; } = long.MaxValue;

    public Outcome Outcome { get; private set; }

    /// <summary>What it threw, or what else there is to say.</summary>
    public string Remark { get; private set; } = "";

    /// <summary>The next moment of all threads' common time.</summary>
    public static long Tick() => Interlocked.Increment(ref _ticks);

    public void Call() => Called = Tick();

    /// <summary>Only the first time counts: fragments follow the call that got the turn.</summary>
    public void Return()
    {
        if (!_hasReturned)
        {
            _hasReturned = true;
            Returned = Tick();
        }
    }

    public void End(Outcome outcome, string remark = "")
    {
        Return();
        Ended = Tick();
        (Outcome, Remark) = (outcome, remark);
    }

    /// <summary>Whose it is, and then letters that only this payload has in this place.</summary>
    public byte[] Payload()
    {
        var payload = new byte[Math.Max(length, HeadLength)];
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sender:x2}{number:x6}"), payload);
        var from = ((sender * 7919) + (number * 104_729)) % (Letters.Length - payload.Length);
        Letters.AsSpan(from, payload.Length - HeadLength).CopyTo(payload.AsSpan(HeadLength));
        return payload;
    }

    /// <summary>Whose a payload says that it is; null when it says nothing of the kind.</summary>
    public static (int Sender, int Number)? IdOf(ReadOnlySpan<byte> payload) =>
        payload.Length >= HeadLength
        && int.TryParse(payload[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sender)
        && int.TryParse(payload[2..HeadLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? (sender, number)
            : null;

    public override string ToString() =>
        $"{Kind} {sender}.{number} of {length} bytes{(key is null ? "" : $" [{key}]")}{(InBatch ? " in a batch" : "")}"
        + $", {Outcome} {Remark} ({Called}, {Returned}, {Ended})";

    // Of few letters, so that there is something to compress.
    private static byte[] DrawLetters()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 600_000).Select(_ => (byte)('a' + random.Next(8)))];
    }
}
