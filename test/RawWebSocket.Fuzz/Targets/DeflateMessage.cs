namespace RawWebSocket.Fuzz.Targets;

/// <summary>A message, and what happens before it.</summary>
internal readonly record struct DeflateMessage(byte Action, byte[] Payload)
{
    /// <summary>How much time passes: none, a part of what is taken for silence, or all of it.</summary>
    public TimeSpan Pause => TimeSpan.FromMilliseconds((Action & 3) * 500);

    /// <summary>Whether what is not used is looked for.</summary>
    public bool Parks => (Action & 4) != 0;

    /// <summary>Whether something was sent to this peer and others that was compressed once for all.</summary>
    public bool FollowsBroadcast => (Action & 8) != 0;

    /// <summary>Whether all that is held is given back.</summary>
    public bool Releases => (Action & 0x70) == 0x70;

    /// <summary>How many fragments it is sent in.</summary>
    public int Fragments => 1 + ((Action >> 4) & 3);

    /// <summary>Whether each of them lies in several segments.</summary>
    public bool IsSegmented => (Action & 0x80) != 0;
}
