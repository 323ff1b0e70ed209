namespace RawWebSocket.Connections.Sending;

/// <summary>
/// What the receive loop's thread sends while it deals with what one read has brought. It is only written, and flushed once at the end: a
/// flush for each answer would be a system call for each. Sends from other threads are not delayed by that, so it knows its thread.
/// </summary>
/// <remarks>Begun and ended by its thread; whether there is one, any thread may ask.</remarks>
internal struct SendBatch
{
    // When a batch has grown to this, whoever sends flushes it and waits. More than a transport usually takes without a wait, so that one
    // that is full is waited for at the batch's end, by nobody, and not by the handler, which would keep its message and what lies behind it.
    private const int Longest = 2 * MessageWriter.Chunk;

    private int _thread;

    /// <summary>Whether some thread gathers what it sends.</summary>
    public readonly bool IsOpen => Volatile.Read(in _thread) != 0;

    /// <summary>Whether it is this thread's.</summary>
    public readonly bool IsMine => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Whether this thread's next send is left for the flush at the end.</summary>
    /// <param name="unflushed">How many bytes have been written already.</param>
    public readonly bool Takes(int unflushed) => IsMine && unflushed < Longest;

    public void Begin() => _thread = Environment.CurrentManagedThreadId;

    public void End() => _thread = 0;
}
