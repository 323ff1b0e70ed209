namespace RawWebSocket.Fuzz.Mutations;

/// <summary>What a client sends, as frames; and what is left when no whole frame can be made of it.</summary>
internal sealed class WireFrames
{
    private WireFrames(List<WireFrame> frames, byte[] rest)
    {
        All = frames;
        Rest = rest;
    }

    public List<WireFrame> All { get; }

    public byte[] Rest { get; set; }

    public static WireFrames Read(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<WireFrame>();
        while (WireFrame.Read(bytes, out var size) is { } frame)
        {
            frames.Add(frame);
            bytes = bytes[size..];
        }

        return new WireFrames(frames, bytes.ToArray());
    }

    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        All.ForEach(frame => frame.WriteTo(bytes));
        bytes.AddRange(Rest);
        return [.. bytes];
    }
}
