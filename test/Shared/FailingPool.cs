using System.Buffers;

namespace RawWebSocket.Tests;

/// <summary>Memory in blocks as large as Kestrel's, until the test says that there is no more for the thread that it runs on.</summary>
internal sealed class FailingPool : MemoryPool<byte>
{
    private const int BlockSize = 4096;

    // Other threads, such as the transport's, are not to be disturbed.
    private readonly ThreadLocal<int?> _left = new();

    public override int MaxBufferSize => BlockSize;

    /// <summary>What was thrown last.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>Throws at this thread's next rent, or at the second, and so on.</summary>
    public void ThrowAtRent(int number) => _left.Value = number;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (_left.Value is { } left && (_left.Value = left - 1) <= 0)
        {
            throw Thrown = new InsufficientMemoryException("There is no memory.");
        }

        return new Block();
    }

    protected override void Dispose(bool disposing) => _left.Dispose();

    private sealed class Block : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[BlockSize];

        public void Dispose()
        {
        }
    }
}
