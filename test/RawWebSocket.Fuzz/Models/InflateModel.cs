using RawWebSocket.Tests.Compression;

namespace RawWebSocket.Fuzz.Models;

/// <summary>
/// What compressed messages mean, by a decoder that is written from RFC 1951: up to the first that means nothing, and without those
/// that become too long to look at.
/// </summary>
/// <remarks>
/// It has the largest window, and notes when a smaller one that was agreed, or what a decoder has to remember, does not do.
/// </remarks>
internal sealed class InflateModel
{
    /// <summary>A message that becomes longer is given up.</summary>
    public const int MaxLength = 50_000;

    private const int LargestWindowBits = 15;

    // A message may have a stream that begins anew reminded of a whole window, altogether; the library promises no more.
    private const long MostTakenOver = 1 << LargestWindowBits;

    private readonly StrictInflate _inflate = new(LargestWindowBits) { AcceptsFinalBlocks = true, MaxLength = MaxLength };
    private readonly int _windowBits;
    private readonly bool _takesOver;
    private bool _isWithinTerms = true;

    /// <param name="windowBits">What was agreed.</param>
    /// <param name="takesOver">Whether a message may refer to those before it.</param>
    public InflateModel(int windowBits, bool takesOver)
    {
        _windowBits = windowBits;
        _takesOver = takesOver;
    }

    /// <summary>Of each message what it means.</summary>
    public List<byte[]> Messages { get; } = [];

    /// <summary>Why the message behind those means nothing; null when all mean something.</summary>
    public string? Fault { get; private set; }

    /// <summary>How many of them keep to the window that was agreed: a decoder must understand these, and may understand more.</summary>
    public int WithinTerms { get; private set; }

    public int LongestDistance => _inflate.LongestDistance;

    /// <summary>The types of the last message's blocks.</summary>
    public IReadOnlyList<int> Blocks => _inflate.Blocks;

    /// <summary>Reads one message more; false if it means nothing.</summary>
    public bool TryRead(byte[] payload)
    {
        if (!_takesOver)
        {
            _inflate.Forget();
        }

        try
        {
            // One without even an empty block says nothing, which is clear.
            Messages.Add(payload.Length == 0 ? [] : _inflate.Message(payload));
        }
        catch (InvalidDataException exception)
        {
            Fault = exception.Message;
            return false;
        }

        _isWithinTerms &= _inflate.LongestDistance <= 1 << _windowBits && _inflate.TakenOver <= MostTakenOver;
        WithinTerms += _isWithinTerms ? 1 : 0;
        return true;
    }
}
