using System.Globalization;
using System.Text;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>What a sender was told of a message.</summary>
internal enum Told
{
    /// <summary>It has left.</summary>
    Sent,

    /// <summary>It is posted, and leaves unless the connection ends before.</summary>
    Posted,

    /// <summary>The same with a key, so that a newer one may have taken its place.</summary>
    PostedWithKey,

    /// <summary>It was given up while it waited.</summary>
    Cancelled,

    /// <summary>The connection had ended, or was closing.</summary>
    Closed,
}

/// <summary>A message that a sender has tried to send, and what it was told.</summary>
/// <param name="Sender">Who.</param>
/// <param name="Number">The sender's own count.</param>
/// <param name="Length">How long it is, in bytes.</param>
/// <param name="Told">What it was told.</param>
internal sealed record SendRecord(int Sender, int Number, int Length, Told Told)
{
    /// <summary>A payload that says whose it is and shows any byte that is missing or another's.</summary>
    public static byte[] Payload(int sender, int number, int length)
    {
        var payload = new byte[length];
        var head = Encoding.ASCII.GetBytes($"{sender}:{number}:");
        head.CopyTo(payload, 0);
        for (var i = head.Length; i < length; i++)
        {
            payload[i] = (byte)('a' + ((sender + number + (i / 7)) % 26));
        }

        return payload;
    }

    /// <summary>Whose message it is; null for one that nobody sent.</summary>
    public static (int Sender, int Number)? Identify(byte[] payload)
    {
        var head = Encoding.ASCII.GetString(payload, 0, Math.Min(24, payload.Length)).Split(':');
        return head.Length >= 3
            && int.TryParse(head[0], CultureInfo.InvariantCulture, out var sender)
            && int.TryParse(head[1], CultureInfo.InvariantCulture, out var number)
            && payload.AsSpan().SequenceEqual(Payload(sender, number, payload.Length))
            ? (sender, number)
            : null;
    }
}
