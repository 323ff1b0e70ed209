namespace RawWebSocket.Transport.Native;

/// <summary>
/// A socket's number in this process, and who uses it. The system gives a closed number to the next socket at once; so whoever makes a call
/// with it says so before and after (<see cref="TryUse"/>, <see cref="Release"/>), and it is closed when nobody uses it any more. Calls
/// without that are for its loop's thread only, which is the one that closes it.
/// </summary>
internal sealed class SocketDescriptor(int number)
{
    // Set once it is to be closed; below it the number of users.
    private const int Closing = 1 << 30;
    private int _state;

    /// <summary>To be used between <see cref="TryUse"/> and <see cref="Release"/>, or on the loop's thread before it closes it.</summary>
    public int Number { get; } = number;

    /// <summary>Whether it has not been told to close.</summary>
    public bool IsOpen => (Volatile.Read(ref _state) & Closing) == 0;

    /// <summary>False when it is closed or about to be.</summary>
    public bool TryUse()
    {
        var state = Volatile.Read(ref _state);
        while ((state & Closing) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    public void Release() => Interlocked.Decrement(ref _state);

    /// <summary>On the loop's thread: nobody can begin to use it from now on; true when nobody does, and it may be closed.</summary>
    public bool TryRetire()
    {
        Interlocked.Or(ref _state, Closing);
        return Volatile.Read(ref _state) == Closing;
    }
}
